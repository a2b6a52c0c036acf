package export

import (
	"fmt"
	"path"
	"strings"
)

// A Root is the directory of the root module, by its path from the project's
// root: what leads out of the one does not lead out of the other.
type Root string

// of is where a path that starts at the root module leads from the project's
// root.
func (root Root) of(p string) string { return path.Join("/", string(root), p) }

// CutBase returns a path without the directory in front, which is "" for none.
// A path that is not in the directory is an error.
func (root Root) CutBase(p, base string) (string, error) {
	if path.Clean("/"+base) == "/" && !strings.Contains(base, "..") {
		return p, nil
	}
	if rest, ok := strings.CutPrefix(root.of(p), strings.TrimSuffix(root.of(base), "/")+"/"); ok {
		return rest, nil
	}
	return "", fmt.Errorf("%q is outside of base %q: leave the asset out, or name a directory that both are in", p, base)
}

// withoutBase returns the records with the directory cut off all paths.
func withoutBase(records []Record, root Root, base string) ([]Record, error) {
	out := make([]Record, len(records))
	for i, r := range records {
		var err error
		if r.Path, err = root.CutBase(r.Path, base); err != nil {
			return nil, fmt.Errorf("%s: %w", r.Address, err)
		}
		sources := make([]Source, len(r.Srcset))
		for k, s := range r.Srcset {
			if s.Path, err = root.CutBase(s.Path, base); err != nil {
				return nil, fmt.Errorf("srcset of %s: %w", r.Address, err)
			}
			sources[k] = s
		}
		r.Srcset = sources
		out[i] = r
	}
	return out, nil
}

// relative returns how a file of directory dir names a path; both start at the
// same root.
func relative(dir, to string) string {
	from := strings.Split(strings.Trim(path.Clean("/"+dir), "/"), "/")
	if from[0] == "" {
		from = nil
	}
	way := strings.Split(strings.TrimPrefix(path.Clean("/"+to), "/"), "/")
	same := 0
	for same < len(from) && same < len(way)-1 && from[same] == way[same] {
		same++
	}
	return strings.Repeat("../", len(from)-same) + strings.Join(way[same:], "/")
}

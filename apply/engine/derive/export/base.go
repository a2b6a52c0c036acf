package export

import (
	"fmt"
	"path"
	"strings"
)

// CutBase returns a path without the directory in front, which is "" for the
// project's root. A path that is not in the directory is an error.
func CutBase(p, base string) (string, error) {
	base = path.Clean("/" + base)
	if base == "/" {
		return p, nil
	}
	if rest, ok := strings.CutPrefix(path.Clean("/"+p), base+"/"); ok {
		return rest, nil
	}
	return "", fmt.Errorf("%q is outside of base %q: leave the asset out, or name a directory that both are in", p, base[1:])
}

// withoutBase returns the records with the directory cut off all paths.
func withoutBase(records []Record, base string) ([]Record, error) {
	out := make([]Record, len(records))
	for i, r := range records {
		var err error
		if r.Path, err = CutBase(r.Path, base); err != nil {
			return nil, fmt.Errorf("%s: %w", r.Address, err)
		}
		sources := make([]Source, len(r.Srcset))
		for k, s := range r.Srcset {
			if s.Path, err = CutBase(s.Path, base); err != nil {
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

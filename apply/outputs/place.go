package outputs

import (
	"os"
	"path"

	"assetform/config/pathname"
)

// A file is the one it is after links, however its path is spelled: a path
// that leads through a linked directory may end in .git, and two paths may be
// one file, as they are on systems that ignore case.

// realPath is a path with the links in its directory resolved, relative to the
// project root.
func (o *Files) realPath(p string) (string, error) { return o.tree.Real(path.Join(o.tree.Below, p)) }

// offLimits tells whether a path leads to where no output may be.
func (o *Files) offLimits(p string) bool {
	real, err := o.realPath(p)
	return err != nil || pathname.Reserved(real) != ""
}

// isAnother tells whether the file at a path is also the output of an asset
// that the configuration has at another path.
func (o *Files) isAnother(p string) bool {
	info, err := o.tree.Lstat(o.tree.Path(p))
	if err != nil {
		return false
	}
	o.aliasesOnce.Do(o.findAliases)
	real, err := o.realPath(p)
	if err != nil {
		return false
	}
	for _, other := range o.aliases[pathname.Fold(real)] {
		if other == p {
			continue
		}
		if same, err := o.tree.Lstat(o.tree.Path(other)); err == nil && os.SameFile(info, same) {
			return true
		}
	}
	return false
}

// findAliases arranges the configuration's outputs by where they really are.
func (o *Files) findAliases() {
	o.aliases = make(map[string][]string, len(o.wanted))
	dirs := map[string]string{}
	for p := range o.wanted {
		dir := path.Dir(p)
		if _, ok := dirs[dir]; !ok {
			real, err := o.realPath(p)
			if err != nil {
				continue
			}
			dirs[dir] = path.Dir(real)
		}
		key := pathname.Fold(path.Join(dirs[dir], path.Base(p)))
		o.aliases[key] = append(o.aliases[key], p)
	}
}

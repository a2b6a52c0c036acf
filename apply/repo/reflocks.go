package repo

import (
	"context"
	"path"
	"strings"

	"assetform/lockfile"
)

// RefLock is a lock as the commit of a ref has it.
type RefLock struct {
	Ref     string // one of those that have it
	Path    string // in the tree
	version LockVersion
}

// RefLocks lists the locks of all branches, tags and other refs, wherever they
// stand in the tree, each text once.
func (r *Repo) RefLocks(ctx context.Context) ([]RefLock, error) {
	out, err := r.output(ctx, "for-each-ref", "--format=%(refname) %(objecttype) %(objectname) %(*objecttype) %(*objectname)")
	if err != nil {
		return nil, err
	}
	refs := []string{"HEAD"} // detached, perhaps
	commits := map[string]string{}
	if id, err := r.Commit(ctx, "HEAD"); err == nil {
		commits["HEAD"] = id
	}
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		switch {
		case len(f) >= 3 && f[1] == "commit":
			refs, commits[f[0]] = append(refs, f[0]), f[2]
		case len(f) == 5 && f[3] == "commit": // an annotated tag
			refs, commits[f[0]] = append(refs, f[0]), f[4]
		}
	}
	var list []RefLock
	walked, seen := map[string]bool{"": true}, map[string]bool{}
	for _, ref := range refs {
		commit := commits[ref]
		if walked[commit] {
			continue
		}
		walked[commit] = true
		tree, err := r.output(ctx, "ls-tree", "-r", "-z", "--full-tree", commit)
		if err != nil {
			return nil, err
		}
		for _, row := range strings.Split(tree, "\x00") {
			about, name, _ := strings.Cut(row, "\t")
			f := strings.Fields(about) // mode, type, id
			if path.Base(name) != lockfile.Filename || len(f) != 3 || f[1] != "blob" || seen[f[2]] {
				continue
			}
			seen[f[2]] = true
			list = append(list, RefLock{ref, name, LockVersion{Commit: commit, blob: f[2]}})
		}
	}
	return list, nil
}

// ReadRefLocks reads locks in their order; here is false where git does not have
// one on this machine.
func (r *Repo) ReadRefLocks(ctx context.Context, locks []RefLock, visit func(l RefLock, text []byte, here bool)) error {
	versions := make([]LockVersion, len(locks))
	for i, l := range locks {
		versions[i] = l.version
	}
	at := 0
	return r.ReadVersions(ctx, versions, func(_ LockVersion, text []byte, here bool) {
		visit(locks[at], text, here)
		at++
	})
}

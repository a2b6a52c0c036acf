package merge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assetform/apply/repo"
	"assetform/config/diag"
	"assetform/lockfile"
)

// unmix gives the entries of texts with conflict markers back what the branches
// had committed. git merges lines: where one side left a line of an entry as it
// was, such as the size or the model, both sides have the other's between the
// markers. The inputs hash and the content hash tell which entry it was; the
// rest comes from a commit that has both at that address.
func (m *Merge) unmix(ctx context.Context) {
	open := map[string][]*lockfile.Lock{} // addresses with the sides whose entries may be mixed
	for address, e := range m.ours.Assets {
		if other, both := m.theirs.Assets[address]; both && !e.Equal(other) {
			open[address] = []*lockfile.Lock{m.ours, m.theirs}
		}
	}
	m.eachVersion(ctx, func(version *lockfile.Lock) (more bool) {
		for address, sides := range open {
			e, ok := version.Assets[address]
			sides = slices.DeleteFunc(sides, func(side *lockfile.Lock) bool {
				mixed := side.Assets[address]
				same := ok && e.InputsHash == mixed.InputsHash && e.ContentHash == mixed.ContentHash
				if same {
					side.Assets[address] = e
				}
				return same
			})
			if open[address] = sides; len(sides) == 0 {
				delete(open, address)
			}
		}
		return len(open) > 0
	})
	if len(open) > 0 {
		m.notes = append(m.notes, fmt.Sprintf("git merged lines of %s that no commit here has like that; see that \"assetform plan\" finds nothing to do for what was taken.", addressList(open)))
	}
}

func addressList[V any](byAddress map[string]V) string {
	var list []string
	for address := range byAddress {
		list = append(list, diag.CleanLine(address))
	}
	slices.Sort(list)
	const most = 3
	if n := len(list) - most; n > 0 {
		list = append(list[:most], fmt.Sprintf("%d more", n))
	}
	return strings.Join(list, ", ")
}

// eachVersion reads the locks that commits have, the likeliest first, until
// use has seen enough. What cannot be read is passed over.
func (m *Merge) eachVersion(ctx context.Context, use func(*lockfile.Lock) (more bool)) {
	const most = 200
	r, err := repo.Open(ctx, m.Dir, m.Environ)
	if err != nil {
		return
	}
	f, err := r.Finder(ctx)
	if err != nil {
		return
	}
	defer f.Close()
	seen := map[string]bool{}
	for _, commits := range []func() []string{
		func() []string { return r.MergeCommits(ctx, m.Environ) },
		func() []string { return r.Versions(ctx, m.Name, most) },
	} {
		for _, id := range commits() {
			text, ok, err := f.File(id, m.Name)
			if err != nil || !ok || seen[string(text)] {
				continue
			}
			seen[string(text)] = true
			version, err := lockfile.Parse(m.Name, m.Below, text)
			if err == nil && !use(version) {
				return
			}
		}
	}
}

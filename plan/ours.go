package plan

import (
	"fmt"
	"slices"
	"strings"

	"assetform/lockfile"
)

// The lock is a file that a pull request may edit, and an entry in it makes no
// file assetform's: otherwise one added line would let the next apply delete a
// picture that a person made. So what a change takes away or overwrites must
// be shown to be ours by more than the lock: its content is in this machine's
// store, or every commit that put it there wrote its entry too. Files of
// which neither can be shown stay: a delete drops only the entry, what moves
// leaves its old file, and what would overwrite one is refused like a file
// that was changed by hand.

// checkOurs looks at the files that changes take away, overwrite or copy. It
// asks git about all of them at once, and only if the store does not have them.
func (b *builder) checkOurs(changes []*Change) {
	b.notOurs, b.broughtBy = map[string]bool{}, map[string]string{}
	asked := map[string]Claim{}
	for _, c := range changes {
		if path := b.takesAway(c); path != "" {
			b.claim(asked, path, c.Prior)
		}
		if owner := b.owners[c.Output]; owner != nil && c.writes() && !b.willHold(c, b.snap.Files[c.Output].Hash) {
			b.claim(asked, c.Output, owner.entry)
		}
		for _, s := range c.copies() {
			b.claim(asked, s.Path, &s.Entry)
		}
	}
	if len(asked) == 0 {
		return
	}
	var shown map[Claim]Evidence
	note := ""
	if b.snap.Committed != nil {
		list := make([]Claim, 0, len(asked))
		for _, c := range asked {
			list = append(list, c)
		}
		slices.SortFunc(list, func(x, y Claim) int { return strings.Compare(x.Path, y.Path) })
		shown, note = b.snap.Committed(list)
	}
	for path, c := range asked {
		b.notOurs[path] = !shown[c].Ours
		b.broughtBy[path] = shown[c].Commit
	}
	if b.whyNotOurs = "its content is no result in this machine's store, and no commit that git shows wrote file and lock entry together"; note != "" {
		b.whyNotOurs += " (" + note + ")"
	}
	b.keepFiles(changes)
}

// whyNot says why a file is not shown to be ours.
func (b *builder) whyNot(path string) string {
	const short = 10
	commit := b.broughtBy[path]
	if len(commit) < short {
		return b.whyNotOurs
	}
	return fmt.Sprintf("its content is no result in this machine's store, and commit %s has the file without its lock entry (picture and lock belong in one commit)", commit[:short])
}

// claim notes a file that stands as the lock says, and that only git can show
// to be ours. One that differs from the lock is drift, and is treated so.
func (b *builder) claim(asked map[string]Claim, path string, e *lockfile.Entry) {
	state := b.snap.Files[path]
	// What the store has from a person shows nothing either, unless the entry
	// says so too: then --overwrite-adopted has been asked for.
	stored := b.replaceable(path, e.ContentHash) || e.Adopted && b.snap.HasBlob(e.ContentHash)
	if state.Is(e.ContentHash) && !stored {
		asked[path] = Claim{Path: path, Hash: state.Hash, Size: state.Size}
	}
}

// copies lists the files of other entries that a change takes its results from.
func (c *Change) copies() (list []*Stored) {
	if c.Stored != nil && c.Stored.Path != "" {
		list = append(list, c.Stored)
	}
	for _, k := range c.Candidates {
		if k.Stored != nil && k.Stored.Path != "" {
			list = append(list, k.Stored)
		}
	}
	return list
}

// writes tells whether the change puts a file at its output.
func (c *Change) writes() bool {
	switch c.Action {
	case Create, Update, Restore:
		return !c.KeepOutput
	case Move:
		return c.PreviousOutput != ""
	}
	return false
}

// takesAway returns the path of the file that a change removes, or "".
func (b *builder) takesAway(c *Change) string {
	switch _, taken := b.wantsPath[c.PreviousOutput]; {
	case c.Action == Delete && !c.KeepFile:
		return c.Output
	case c.writes() && c.PreviousOutput != "" && !taken:
		return c.PreviousOutput
	}
	return ""
}

// keepFiles leaves the files that are not ours where they are, and says so.
func (b *builder) keepFiles(changes []*Change) {
	var kept []string
	for _, c := range changes {
		if path := b.takesAway(c); path != "" && b.notOurs[path] {
			c.KeepFile = true
			c.Reasons = insertReason(c.Reasons, ReasonNotOurs)
			kept = append(kept, path)
		}
	}
	if len(kept) == 0 {
		return
	}
	const most = 3
	list := fmt.Sprintf("%q", kept[:min(most, len(kept))])
	list = strings.ReplaceAll(strings.Trim(list, "[]"), `" "`, `", "`)
	why := b.whyNotOurs
	if len(kept) == 1 {
		why = b.whyNot(kept[0])
	}
	if len(kept) > most {
		list += fmt.Sprintf(" and %d more", len(kept)-most)
	}
	b.warnf(nil, "File stays where it is", fmt.Sprintf("The lock says that assetform wrote %s, but nothing shows it: %s. The entry goes and the file stays. Delete it yourself if it is not needed.", list, why))
}

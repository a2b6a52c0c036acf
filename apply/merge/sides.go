package merge

import (
	"context"
	"errors"
	"fmt"
	"os"

	"assetform/apply/repo"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/lockfile/atomicfile"
)

// maxLock is the size of the largest lock that is merged.
const maxLock = 512 << 20

// sideNames are git's words for the versions, in the order of a driver's
// arguments.
var sideNames = [3]string{"base", "ours", "theirs"}

// Versions reads what git gives its merge driver: the three versions as files.
func (m *Merge) Versions(files [3]string) (versions [3][]byte, err error) {
	for i, file := range files {
		if versions[i], err = atomicfile.ReadRegular(file, maxLock); err != nil {
			return versions, fmt.Errorf("read %s's version of %q: %w", sideNames[i], m.Name, err)
		}
	}
	return versions, nil
}

// Sides finds the three versions of a lock in conflict. The stages in git's
// index are what the branches committed; in a file with markers the lines
// between the hunks are merged already. Nil for all: there is no conflict. In
// the index a side that deleted the lock has no stage: that is an empty lock.
func (m *Merge) Sides(ctx context.Context, file string) (base, ours, theirs []byte, err error) {
	text, err := atomicfile.ReadRegular(file, maxLock)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, nil, err
	}
	staged, found, err := m.stages(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	if found {
		return staged[0], staged[1], staged[2], nil
	}
	if text == nil {
		return nil, nil, nil, fmt.Errorf("there is no file %q", m.Name)
	}
	if ours, base, theirs, ok := lockfile.SplitConflict(text); ok {
		m.marked = true
		return base, ours, theirs, nil
	}
	_, err = lockfile.Parse(m.Name, m.Below, text)
	var syntax *lockfile.SyntaxError
	if errors.As(err, &syntax) && syntax.Conflict() {
		return nil, nil, nil, fmt.Errorf("the conflict markers in %q from line %d on do not pair: a line of <<<<<<<, ======= or >>>>>>> is missing; "+
			"put it back, or take the file from a commit that has it whole, with \"git checkout COMMIT -- %s\"", m.Name, syntax.Line, diag.ShellWord(m.Name))
	}
	if err != nil {
		return nil, nil, nil, err
	}
	return nil, nil, nil, nil
}

// outside tells that there is no repository to ask, or no git to ask with.
func outside(err error) bool {
	return errors.Is(err, repo.ErrNoRepository) || errors.Is(err, repo.ErrNoGit)
}

func (m *Merge) stages(ctx context.Context) (staged [3][]byte, found bool, err error) {
	r, err := repo.Open(ctx, m.Dir, m.Environ)
	if outside(err) {
		return staged, false, nil // there only the markers tell
	}
	if err != nil {
		return staged, false, err
	}
	if found, err = r.Conflicted(ctx, m.Name); err != nil || !found {
		return staged, false, err
	}
	f, err := r.Finder(ctx)
	if err != nil {
		return staged, false, err
	}
	defer f.Close()
	for i := range staged {
		b, ok, err := f.File(fmt.Sprintf(":%d", i+1), m.Name)
		switch {
		case err != nil:
			return staged, false, err
		case ok:
			staged[i] = b
		case i > 0:
			staged[i] = lockfile.New().Encode()
			m.notes = append(m.notes, fmt.Sprintf("The lock was deleted on one side (%s); its entries count as deleted there.", sideNames[i]))
		}
	}
	return staged, true, nil
}

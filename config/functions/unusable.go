package functions

import (
	"errors"

	"assetform/config/syntax"
	"assetform/config/worktree"
)

// What git left in a file's place is not what the project means by it.

// notPulled refuses the pointer that Git LFS leaves in a file's place: it would
// become part of a prompt, or a table of one column.
func notPulled(content []byte) error {
	if _, _, ok := worktree.ParsePointer(content); ok {
		return errors.New("it is a Git LFS pointer, and the content that it stands for is not here: run \"git lfs pull\"")
	}
	return nil
}

// asMergedText is asText for what is no pointer and not half of a merge: either
// would become part of a prompt, and be paid for.
func asMergedText(content []byte) (string, error) {
	if err := errors.Join(notPulled(content), syntax.CheckConflict(content)); err != nil {
		return "", err
	}
	return asText(content)
}

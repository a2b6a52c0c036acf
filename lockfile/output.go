package lockfile

import (
	"fmt"
	"path"
	"strings"

	"assetform/config/pathname"
)

// An entry's output is deleted, replaced and moved by what the lock says of
// it, so a lock may claim nothing that configuration could not ask for: the
// rules of outputs are the language's own, and what breaks them was not
// written by assetform.

// claim is where an entry names its output.
type claim struct {
	address string
	output  string // as the lock has it
	full    string // relative to the project root
	at      int    // byte offset in the lock
}

// checkOutput checks an output against the language's rules, and that it
// stands in the one form that a path has: shortest, relative to the lock's
// directory. It says what is wrong, or "".
func (p *parser) checkOutput(output, kind string) (full, problem string) {
	if path.Clean(output) != output || strings.HasSuffix(output, "..") {
		return "", "the path is not in its shortest form or names no file"
	}
	full, err := pathname.Output(p.dir, output, kind)
	switch {
	case err != nil:
		return "", err.Error()
	case pathname.Relative(p.dir, full) != output:
		return "", fmt.Sprintf("the path is not in its shortest form, which is %s", quoted(pathname.Relative(p.dir, full)))
	}
	return full, ""
}

// checkClaims checks outputs against one another. Two entries may name the
// same path: a branch that renames an asset and one that changes it merge to
// that, and the plan is careful with it. But no two may name one file by
// spellings that only some systems tell apart, and none lies inside another.
func (p *parser) checkClaims() {
	owners := make(map[string]*claim, len(p.claims))
	for i := range p.claims {
		c := &p.claims[i]
		key := pathname.Fold(c.full)
		if other := owners[key]; other != nil && other.full != c.full {
			p.failClaim(c, other, "which is the same file on systems that ignore case or Unicode form")
			return
		}
		owners[key] = c
	}
	seen := map[string]bool{} // directories that were looked at
	for i := range p.claims {
		c := &p.claims[i]
		for dir := path.Dir(pathname.Fold(c.full)); dir != "." && !seen[dir]; dir = path.Dir(dir) {
			seen[dir] = true
			if other := owners[dir]; other != nil {
				p.failClaim(c, other, "which is a file and cannot be a directory")
				return
			}
		}
	}
}

func (p *parser) failClaim(c, other *claim, why string) {
	p.fail(c.at, summaryValue, fmt.Sprintf("%s claims %s, and %s claims %s, %s. Keep the entry that is right. %s",
		c.address, quoted(c.output), other.address, quoted(other.output), why, hintRestore))
}

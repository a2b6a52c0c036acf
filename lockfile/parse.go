package lockfile

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Parse reads a lock. It accepts any white space that JSON allows, CRLF
// included, and keys in any order, and is strict in all else: what it accepts
// loses nothing when it is written again. Outputs obey the rules that
// configuration has for them; dir is the lock's directory, relative to the
// project root and with slashes ("." or "": at the root), since they must not
// lead out of that. The error is a *SyntaxError; filename only appears in it.
func Parse(filename, dir string, b []byte) (*Lock, error) {
	// One copy: texts of the result are parts of src.
	p := parser{scanner: scanner{src: string(b)}, dir: path.Clean(dir)}
	l := p.lock()
	if p.err == nil {
		p.checkClaims()
	}
	if p.err == nil {
		l.Dir = p.dir
		return l, nil
	}
	if conflict := conflictError(p.src); conflict != nil {
		p.err = conflict
	}
	p.err.Filename = filename
	p.err.locate(p.src)
	return nil, p.err
}

// parser knows the grammar of a lock; entry.go has its types.
type parser struct {
	scanner
	dir    string  // of the lock, relative to the project root
	claims []claim // outputs, in the order of the entries
}

func (p *parser) lock() *Lock {
	if !p.encoding() {
		return nil
	}
	if p.peek() != '{' {
		p.failType("the lock", "an object")
		return nil
	}
	p.pos++
	l := &Lock{}
	version := false
	for first := true; p.more('}', first); first = false {
		name, at, ok := p.key()
		if !ok {
			return nil
		}
		switch {
		case name == "version" && version, name == "assets" && l.Assets != nil:
			p.failDuplicate(at, name)
		case name == "version":
			version = p.version()
		case name == "assets":
			l.Assets = p.assets()
		default:
			p.fail(at, summaryUnknown, fmt.Sprintf("A lock has the fields version and assets, not %s. "+
				"Was it written by a newer assetform?", quoted(name)))
		}
	}
	switch {
	case p.err != nil:
	case !version:
		p.failMissing(0, "version", "The lock")
	case l.Assets == nil:
		p.failMissing(0, "assets", "The lock")
	case p.peek() != 0 || p.pos < len(p.src):
		p.fail(p.pos, summaryJSON, "Nothing may stand after the lock's closing brace.")
	}
	return l
}

// encoding checks what must hold before a single token is read.
func (p *parser) encoding() bool {
	if strings.HasPrefix(p.src, "\uFEFF") {
		return p.fail(0, summaryEncoding, "The file begins with a byte order mark; save it as UTF-8 without one.")
	}
	if p.peek() == 0 && p.pos == len(p.src) {
		return p.fail(0, summaryEmpty, "A lock without assets is not an empty file. "+hintRestore)
	}
	if utf8.ValidString(p.src) {
		return true
	}
	at := 0
	for r, size := rune(0), 0; ; at += size {
		if r, size = utf8.DecodeRuneInString(p.src[at:]); r == utf8.RuneError && size == 1 {
			return p.fail(at, summaryEncoding, fmt.Sprintf("The byte 0x%02x is no part of a UTF-8 character. ", p.src[at])+hintRestore)
		}
	}
}

func (p *parser) version() bool {
	if c := p.peek(); c != '-' && !isDigit(c) {
		return p.failType("version", "a whole number")
	}
	at := p.pos
	token, _, ok := p.number()
	if ok && token != strconv.Itoa(FormatVersion) {
		return p.fail(at, summaryVersion, fmt.Sprintf("This assetform reads version %d, and the file has version %s. "+
			"Use an assetform that knows it; the file stays as it is.", FormatVersion, token))
	}
	return ok
}

func (p *parser) assets() map[string]Entry {
	if p.peek() != '{' {
		p.failType("assets", "an object")
		return nil
	}
	p.pos++
	const usualEntry = 1024 // bytes; only a hint for the map's first size
	assets := make(map[string]Entry, len(p.src)/usualEntry)
	for first := true; p.more('}', first); first = false {
		address, at, ok := p.key()
		if !ok {
			return nil
		}
		if problem := checkAddress(address); problem != "" {
			p.fail(at, summaryAddress, quoted(address)+" is no address of an asset: "+problem+".")
			return nil
		}
		if _, exists := assets[address]; exists {
			p.failDuplicate(at, address)
			return nil
		}
		e, ok := p.entry(address, at)
		if !ok {
			return nil
		}
		assets[address] = e
	}
	return assets
}

func (p *parser) failDuplicate(at int, name string) bool {
	return p.fail(at, summaryDuplicate, quoted(name)+" stands here for the second time. Keep the one that is right; "+
		"a merge by hand may have kept both.")
}

func (p *parser) failMissing(at int, name, where string) bool {
	return p.fail(at, summaryMissing, where+" has no "+quoted(name)+". "+hintRestore)
}

package lockfile

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"assetform/config/address"

	"golang.org/x/text/unicode/norm"
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
	version int     // of the text; 0 until it was read
	dir     string  // of the lock, relative to the project root
	claims  []claim // outputs, in the order of the entries
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
	assetsAt := -1 // where assets stand that came before the version
	for first := true; p.more('}', first); first = false {
		name, at, ok := p.key()
		if !ok {
			return nil
		}
		switch {
		case name == "version" && p.version > 0, name == "assets" && (l.Assets != nil || assetsAt >= 0):
			p.failDuplicate(at, name)
		case name == "version":
			p.readVersion()
		case name == "assets" && p.version == 0:
			assetsAt = p.pos
			p.passOver("assets")
		case name == "assets":
			l.Assets = p.assets()
		default:
			p.fail(at, summaryUnknown, fmt.Sprintf("A lock has the fields version and assets, not %s. "+
				"Was it written by a newer assetform?", quoted(name)))
		}
	}
	switch {
	case p.err != nil:
		return nil
	case p.version == 0:
		p.failMissing(0, "version", "The lock")
	case l.Assets == nil && assetsAt < 0:
		p.failMissing(0, "assets", "The lock")
	case p.peek() != 0 || p.pos < len(p.src):
		p.fail(p.pos, summaryJSON, "Nothing may stand after the lock's closing brace.")
	case assetsAt >= 0:
		p.pos = assetsAt
		l.Assets = p.assets()
	}
	l.legacy = p.version == legacyVersion
	return l
}

// passOver skips an object whose members are read later: what they may be
// depends on the version, and keys may stand in any order.
func (p *parser) passOver(field string) bool {
	if p.peek() != '{' {
		return p.failType(field, "an object")
	}
	for depth := 0; p.pos < len(p.src); {
		switch p.src[p.pos] {
		case '"':
			if _, ok := p.text(); !ok {
				return false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		p.pos++
		if depth == 0 {
			return true
		}
	}
	return p.failCut()
}

// pointerPrefix begins what Git LFS leaves in a file's place.
const pointerPrefix = "version https://git-lfs.github.com/spec/"

// encoding checks what must hold before a single token is read.
func (p *parser) encoding() bool {
	p.src = strings.TrimPrefix(p.src, "\uFEFF") // an editor's byte order mark is no part of a text
	if p.peek() == 0 && p.pos == len(p.src) {
		return p.fail(0, summaryEmpty, "A lock without assets is not an empty file. "+hintRestore)
	}
	switch {
	case strings.HasPrefix(p.src, pointerPrefix):
		return p.fail(0, summaryPointer, "What stands here is a Git LFS pointer, and the lock itself is not on this machine. "+
			`Run "git lfs pull --include `+Filename+`".`)
	case strings.HasPrefix(p.src, "\xff\xfe"), strings.HasPrefix(p.src, "\xfe\xff"), strings.Contains(p.src[:min(len(p.src), 2)], "\x00"):
		return p.fail(0, summaryEncoding, "The file holds UTF-16 text, or is binary. Save it as UTF-8, or restore it from version control, "+
			`such as with "git checkout -- `+Filename+`".`)
	case utf8.ValidString(p.src):
		return true
	}
	at := 0
	for r, size := rune(0), 0; ; at += size {
		if r, size = utf8.DecodeRuneInString(p.src[at:]); r == utf8.RuneError && size == 1 {
			return p.fail(at, summaryEncoding, fmt.Sprintf("The byte 0x%02x is no part of a UTF-8 character. ", p.src[at])+hintRestore)
		}
	}
}

func (p *parser) readVersion() bool {
	if c := p.peek(); c != '-' && !isDigit(c) {
		return p.failType("version", "a whole number")
	}
	at := p.pos
	token, _, ok := p.number()
	switch {
	case !ok:
		return false
	case token == strconv.Itoa(legacyVersion):
		p.version = legacyVersion
	case token == strconv.Itoa(formatVersion):
		p.version = formatVersion
	default:
		return p.fail(at, summaryVersion, fmt.Sprintf("This assetform reads versions %d and %d, and the file has version %s. "+
			"Use an assetform that knows it; the file stays as it is.", legacyVersion, formatVersion, token))
	}
	return true
}

func (p *parser) assets() map[string]Entry {
	if p.peek() != '{' {
		p.failType("assets", "an object")
		return nil
	}
	p.pos++
	const usualEntry = 1024 // bytes; only a hint for the map's first size
	r := entryReader{parser: p}
	assets := make(map[string]Entry, len(p.src)/usualEntry)
	for first := true; p.more('}', first); first = false {
		text, at, ok := p.key()
		if !ok {
			return nil
		}
		a, err := address.ParseExact(text)
		if err != nil && !norm.NFC.IsNormalString(text) { // as other tools, and releases before, have written it
			text = norm.NFC.String(text)
			a, err = address.ParseExact(text)
		}
		if err != nil {
			p.fail(at, summaryAddress, quoted(text)+" is no address of an asset: "+err.Error()+".")
			return nil
		}
		if p.version == legacyVersion && a.Kind != address.Image && a.Kind != address.Video {
			p.fail(at, summaryUnknown, fmt.Sprintf("Version %d of a lock has no asset of kind %s. A merge by hand may have mixed it with version %d. %s",
				legacyVersion, a.Kind, formatVersion, hintRestore))
			return nil
		}
		if _, exists := assets[text]; exists {
			p.failDuplicate(at, text)
			return nil
		}
		if !r.read(text, a.Kind, at) {
			return nil
		}
		assets[text] = r.entry
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

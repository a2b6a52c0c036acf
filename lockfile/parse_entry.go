package lockfile

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"assetform/config/address"
)

// fields are the fields of an entry in the order in which they are written,
// those of all versions and kinds. The bit of each, counted from the right,
// says in a set that it was read.
var fields = [...]string{
	"output", "provider", "method", "inputs", "inputs_hash", "content_hash", "source_hash",
	"media_type", "bytes", "width", "height", "duration", creditsField, videosField, "cost", "task_id",
	"adopted", "candidates", "picked", "placeholder", "marks", "frames", "protect",
}

var (
	requiredFields  = fieldSet("output", "provider", "method", "inputs", "inputs_hash", "content_hash", "media_type", "bytes")
	videoOnlyFields = fieldSet("duration", videosField)
	imageOnlyFields = fieldSet(creditsField)
	mediaOnlyFields = fieldSet("width", "height", "marks")
	atlasOnlyFields = fieldSet("frames")
	// generatedOnlyFields are those of what somebody was asked for.
	generatedOnlyFields = fieldSet("source_hash", creditsField, videosField, "cost", "task_id", "candidates", "picked")
	legacyFields        = fieldSet(creditsField, videosField)
	version2Fields      = fieldSet("cost", "adopted", "candidates", "picked", "placeholder", "marks", "frames")
)

func fieldSet(names ...string) (set uint32) {
	for _, name := range names {
		set |= fieldBit(name)
	}
	return set
}

// fieldBit returns the set that holds name alone, or 0 for an unknown name.
func fieldBit(name string) uint32 {
	for i, field := range fields {
		if field == name {
			return 1 << i
		}
	}
	return 0
}

// read reads the entry of an address whose key stands at an offset.
func (r *entryReader) read(text string, kind address.Kind, addressAt int) bool {
	*r = entryReader{parser: r.parser, address: text, kind: kind}
	if r.peek() != '{' {
		return r.failType(text, "an object")
	}
	r.pos++
	for first := true; r.more('}', first); first = false {
		name, at, ok := r.key()
		if !ok || !r.allows(name, at) || !r.field(name) {
			return false
		}
	}
	if r.err != nil {
		return false
	}
	required := requiredFields
	if r.version == legacyVersion {
		required |= legacyFields &^ r.foreign()
		r.entry.setLegacyCost(kind, r.legacyCost)
	}
	for i, name := range fields {
		if required&^r.seen&(1<<i) != 0 {
			return r.failMissing(addressAt, name, "The entry of "+quoted(text))
		}
	}
	return r.checkChoice()
}

// entryReader reads one entry after the other.
type entryReader struct {
	*parser
	address    string
	kind       address.Kind
	entry      Entry
	seen       uint32
	legacyCost int // of version 1
	// where the candidates and the number of the pick stand
	candidatesAt, pickedAt int
}

// foreign is the set of fields that only assets of other kinds have.
func (r *entryReader) foreign() uint32 {
	foreign := videoOnlyFields
	if r.kind == address.Video {
		foreign = imageOnlyFields
	}
	if r.kind == address.Export {
		foreign |= mediaOnlyFields
	}
	if r.kind.Derived() {
		foreign |= generatedOnlyFields
	}
	if r.kind == address.Variant || r.kind == address.Export {
		foreign |= atlasOnlyFields
	}
	return foreign
}

// allows checks that a field may stand in this entry, and stands there once.
func (r *entryReader) allows(name string, at int) bool {
	bit := fieldBit(name)
	switch {
	case bit == 0:
		return r.fail(at, summaryUnknown, fmt.Sprintf("An entry has no field %s. Was the lock written by a newer assetform?", quoted(name)))
	case bit&r.seen != 0:
		return r.failDuplicate(at, name)
	case r.version == legacyVersion && bit&version2Fields != 0:
		return r.fail(at, summaryUnknown, fmt.Sprintf("Version %d of a lock has no field %s; it came with version %d. "+
			"A merge by hand may have mixed the two. %s", legacyVersion, quoted(name), formatVersion, hintRestore))
	case r.version != legacyVersion && bit&legacyFields != 0:
		return r.fail(at, summaryUnknown, fmt.Sprintf("Version %d of a lock has no field %s, but \"cost\": {%s: ...}. "+
			"A merge by hand may have mixed it with version %d. %s", r.version, quoted(name), quoted(legacyUnit(r.kind)), legacyVersion, hintRestore))
	case bit&r.foreign() != 0:
		return r.fail(at, summaryUnknown, fmt.Sprintf("The entry of %s has no field %s.", r.kindWords(), quoted(name)))
	}
	r.seen |= bit
	return true
}

// kindWords names the kind of the entry's asset with its article.
func (r *entryReader) kindWords() string {
	switch r.kind {
	case address.Video, address.Variant:
		return "a " + string(r.kind)
	}
	return "an " + string(r.kind)
}

// field reads the value of a known field.
func (p *entryReader) field(name string) bool {
	e := &p.entry
	switch name {
	case "output":
		return p.output(&e.Output)
	case "provider":
		return p.textField(&e.Provider, name)
	case "method":
		return p.textField(&e.Method, name)
	case "inputs":
		return p.inputs(&e.Inputs)
	case "inputs_hash":
		return p.hash(e.InputsHash[:], name, inputsPrefix)
	case "content_hash":
		return p.hash(e.ContentHash[:], name, contentPrefix)
	case "source_hash":
		return p.hash(e.SourceHash[:], name, contentPrefix)
	case "media_type":
		return p.textField(&e.MediaType, name)
	case "bytes":
		return p.integer(&e.Bytes, name, 0, math.MaxInt64)
	case "width":
		return p.count(&e.Width, name, 1)
	case "height":
		return p.count(&e.Height, name, 1)
	case "duration":
		return p.duration(&e.Duration)
	case creditsField, videosField:
		return p.count(&p.legacyCost, name, 0)
	case "task_id":
		return p.textField(&e.TaskID, name)
	case "protect":
		return p.protect(&e.Protect)
	default:
		return p.version2Field(name)
	}
}

func (p *entryReader) output(dst *string) bool {
	p.peek()
	at := p.pos
	if !p.textField(dst, "output") {
		return false
	}
	full, problem := p.checkOutput(*dst, string(p.kind))
	if problem != "" {
		return p.fail(at, summaryValue, quoted(*dst)+" is no output of "+p.address+": "+problem+
			". Expected what an output in configuration may be, relative to the lock, with slashes. "+hintRestore)
	}
	p.claims = append(p.claims, claim{address: p.address, output: *dst, full: full, at: at})
	return true
}

// textField reads a text that must not be empty.
func (p *parser) textField(dst *string, name string) (ok bool) {
	if p.peek() != '"' {
		return p.failType(name, "a text")
	}
	at := p.pos
	if *dst, ok = p.text(); ok && *dst == "" {
		return p.fail(at, summaryValue, quoted(name)+" is empty.")
	}
	return ok
}

// hash reads a digest into dst. One of nothing but zeros is refused, since it
// would read as "none".
func (p *parser) hash(dst []byte, name, prefix string) bool {
	p.peek()
	at := p.pos
	var s string
	if !p.textField(&s, name) {
		return false
	}
	if !decodeHash(dst, prefix, s) || strings.Trim(s[len(prefix):], "0") == "" {
		return p.fail(at, summaryHash, fmt.Sprintf("%s must be %q and %d lower-case hex digits, not %s.",
			quoted(name), prefix, hexDigits, quoted(s)))
	}
	return true
}

// count reads a number that fits an int on every system.
func (p *parser) count(dst *int, name string, least int64) bool {
	var n int64
	ok := p.integer(&n, name, least, math.MaxInt32)
	*dst = int(n)
	return ok
}

func (p *parser) integer(dst *int64, name string, least, most int64) bool {
	if c := p.peek(); c != '-' && !isDigit(c) {
		return p.failType(name, "a whole number")
	}
	at := p.pos
	token, whole, ok := p.number()
	if !ok {
		return false
	}
	if !whole {
		return p.fail(at, summaryValue, quoted(name)+" must be a whole number, not "+token+".")
	}
	n, err := strconv.ParseInt(token, 10, 64)
	if err != nil || n < least || n > most {
		return p.fail(at, summaryValue, fmt.Sprintf("%s must lie between %d and %d, and is %s.", quoted(name), least, most, token))
	}
	*dst = n
	return true
}

func (p *parser) duration(dst *float64) bool {
	if c := p.peek(); c != '-' && !isDigit(c) {
		return p.failType("duration", "a number of seconds")
	}
	at := p.pos
	token, _, ok := p.number()
	if !ok {
		return false
	}
	n, err := strconv.ParseFloat(token, 64)
	if err != nil || n <= 0 {
		return p.fail(at, summaryValue, "\"duration\" must be a positive number of seconds, and is "+token+".")
	}
	*dst = n
	return true
}

// protect accepts the three lists that say something. An absent field says
// that nothing is protected, so an empty list is an error.
func (p *parser) protect(dst *[]string) bool {
	p.peek()
	at := p.pos
	if !p.list(dst, "protect") {
		return false
	}
	switch list := *dst; {
	case len(list) == 1 && (list[0] == ProtectDestroy || list[0] == ProtectRegenerate):
		return true
	case len(list) == 2 && list[0] == ProtectDestroy && list[1] == ProtectRegenerate:
		return true
	}
	return p.fail(at, summaryValue, `"protect" must be ["destroy"], ["regenerate"] or ["destroy", "regenerate"].`)
}

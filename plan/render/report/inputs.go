package report

import (
	"strings"
	"unicode/utf8"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"
)

// sources tells whose result a content is.
type sources map[lockfile.ContentHash]source

// source is an asset whose result is another one's input.
type source struct {
	address string
	content lockfile.ContentHash // of its output, which may be a conversion
	width   int                  // of its output in pixels, 0 if not known
	height  int
}

// findSources reads locks, the one that counts most first. A copy is no source of
// what is made of the file that it has the bytes of.
func findSources(locks ...*lockfile.Lock) sources {
	known := sources{}
	for _, lock := range locks {
		if lock == nil {
			continue
		}
		for _, address := range lock.Addresses() {
			e := lock.Assets[address]
			for _, h := range []lockfile.ContentHash{e.UpstreamHash(), e.ContentHash} {
				if _, ok := known[h]; !ok && !isMadeOf(&e, h) {
					known[h] = source{address, e.ContentHash, e.Width, e.Height}
				}
			}
		}
	}
	return known
}

// isMadeOf tells that a content is an input of an entry.
func isMadeOf(e *lockfile.Entry, h lockfile.ContentHash) bool {
	for _, name := range e.Inputs.Keys() {
		if text, ok := e.Inputs[name].AsText(); ok && text == h.String() {
			return true
		}
	}
	return false
}

// inputValues is a recorded input as it is shown, line by line: where it is
// the result of an asset, that asset.
func (p *pages) inputValues(v lockfile.Value, known sources) []valueView {
	text := inputText(v)
	if text == "" {
		return nil
	}
	lines := []string{text}
	if list, ok := v.AsStrings(); ok {
		lines = list
	}
	values := make([]valueView, len(lines))
	for i, line := range lines {
		values[i] = valueView{Text: line}
		h, err := lockfile.ParseContentHash(line)
		if err != nil {
			continue
		}
		values[i].Code = true
		if from, ok := known[h]; ok {
			values[i].Address, values[i].Page = from.address, p.pageOf[from.address]
			values[i].Size = sizeText(from.width, from.height)
			values[i].Short = line[:strings.IndexByte(line, ':')+9]
			if m := p.media[from.content]; m != nil && m.Thumb != "" {
				values[i].Thumb, values[i].Width, values[i].Height = m.Thumb, m.Width, m.Height
			}
		}
	}
	return values
}

// maxValues bounds how many lines a row shows.
const maxValues = 200

// bounded leaves out what has no room, and says how much that is.
func bounded(values []valueView) []valueView {
	more := len(values) - maxValues
	if more <= 0 {
		return values
	}
	return append(values[:maxValues:maxValues], valueView{Text: "… and " + diag.Number(more) + " more"})
}

// labelled puts the names of an atlas' sprites before them.
func labelled(values []valueView, e lockfile.Entry) []valueView {
	names, _ := e.Inputs[plan.NamesInput].AsStrings()
	if len(names) != len(values) {
		return values
	}
	for i := range values {
		if values[i].Code {
			values[i].Label = names[i]
		}
	}
	return values
}

// Sources lists, with nothing before, the assets of a lock of which changed
// variants are made and which did not change themselves: their pages show them
// beside the result.
func Sources(changes []Change, is *lockfile.Lock) []Change {
	taken := map[string]bool{}
	for i := range changes {
		taken[changes[i].Address] = true
	}
	known := findSources(is)
	var list []Change
	for i := range changes {
		from, ok := sourceOf(&changes[i], changes[i].After, known)
		if !ok || taken[from.address] {
			continue
		}
		taken[from.address] = true
		list = append(list, Change{Address: from.address, After: version(is.Assets[from.address])})
	}
	return list
}

// sourceOf is the asset whose result a variant was made of.
func sourceOf(c *Change, v *Version, known sources) (source, bool) {
	if v == nil || c.kind() != address.Variant {
		return source{}, false
	}
	for _, name := range v.Entry.Inputs.Keys() {
		text, _ := v.Entry.Inputs[name].AsText()
		if h, err := lockfile.ParseContentHash(text); err == nil {
			if from, ok := known[h]; ok {
				return from, true
			}
		}
	}
	return source{}, false
}

// source is what a variant was made of, where that is the result of an asset
// whose content the report has.
func (p *pages) source(c *Change, v *Version, known sources) *sideView {
	from, ok := sourceOf(c, v, known)
	if !ok {
		return nil
	}
	m := p.media[from.content]
	if m == nil || m.File == "" {
		return nil
	}
	return &sideView{
		Name: "Source", File: m.File, Thumb: m.Thumb, Width: m.Width, Height: m.Height, Video: m.Video, Alpha: m.Alpha,
		Alt: "Source: " + from.address, Address: from.address, Page: p.pageOf[from.address],
	}
}

// unbroken is how many characters of an address have room on every line.
const unbroken = 24

// pieces cuts a long address where a line may end: after dots and before
// brackets, never in a key.
func pieces(address string) []string {
	if utf8.RuneCountInString(address) <= unbroken {
		return []string{address}
	}
	var list []string
	begun, quoted := 0, false
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '.' && i+1 < len(address):
			list, begun = append(list, address[begun:i+1]), i+1
		case c == '[' && i > begun:
			list, begun = append(list, address[begun:i]), i
		}
	}
	return append(list, address[begun:])
}

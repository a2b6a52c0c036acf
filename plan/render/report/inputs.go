package report

import (
	"strings"
	"unicode/utf8"

	"assetform/lockfile"
)

// sources tells whose result a content is.
type sources map[lockfile.ContentHash]source

// source is an asset whose result is another one's input.
type source struct {
	address string
	content lockfile.ContentHash // of its output, which may be a conversion
}

// findSources reads locks, the one that counts most first.
func findSources(locks ...*lockfile.Lock) sources {
	known := sources{}
	for _, lock := range locks {
		if lock == nil {
			continue
		}
		for _, address := range lock.Addresses() {
			e := lock.Assets[address]
			for _, h := range []lockfile.ContentHash{e.UpstreamHash(), e.ContentHash} {
				if _, ok := known[h]; !ok {
					known[h] = source{address, e.ContentHash}
				}
			}
		}
	}
	return known
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
			values[i].Short = line[:strings.IndexByte(line, ':')+9]
			if m := p.media[from.content]; m != nil && m.Thumb != "" {
				values[i].Thumb, values[i].Width, values[i].Height = m.Thumb, m.Width, m.Height
			}
		}
	}
	return values
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

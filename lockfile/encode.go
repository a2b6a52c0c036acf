package lockfile

import (
	"slices"
	"strconv"
)

// formatVersion is the version of the lock's format that is written. Version 1
// is read as well, and written only as long as nothing has changed in it.
const formatVersion = 2

// Encode returns the lock's canonical text: equal locks have equal bytes, and
// what Parse accepted in this form comes back byte for byte.
func (l *Lock) Encode() []byte {
	b := make([]byte, 0, 64+1024*len(l.Assets))
	b = append(b, "{\n  \"version\": "...)
	b = strconv.AppendInt(b, int64(l.version()), 10)
	b = append(b, ",\n  \"assets\": {"...)
	var names []string // reused for every entry's inputs
	for i, address := range l.Addresses() {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n    "...)
		b = appendString(b, address)
		b = append(b, ": "...)
		e := l.Assets[address]
		b, names = l.appendEntry(b, address, &e, names)
	}
	if len(l.Assets) > 0 {
		b = append(b, "\n  "...)
	}
	return append(b, "}\n}\n"...)
}

// appendEntry writes one entry with its fields in their fixed order. An object
// has a line for each member, and stands expanded; a candidate and the numbers
// of a frame, which say nothing line by line, have one line each.
func (l *Lock) appendEntry(b []byte, address string, e *Entry, names []string) ([]byte, []string) {
	b = append(b, '{')
	b = appendTextField(b, "output", e.Output)
	b = append(b, ',')
	b = appendTextField(b, "provider", e.Provider)
	b = append(b, ',')
	b = appendTextField(b, "method", e.Method)
	b, names = appendInputs(append(b, ','), e.Inputs, names)
	b = append(b, ",\n      \"inputs_hash\": \""...)
	b = append(e.InputsHash.append(b), '"')
	b = append(b, ",\n      \"content_hash\": \""...)
	b = append(e.ContentHash.append(b), '"')
	if !e.SourceHash.IsZero() {
		b = append(b, ",\n      \"source_hash\": \""...)
		b = append(e.SourceHash.append(b), '"')
	}
	b = append(b, ',')
	b = appendTextField(b, "media_type", e.MediaType)
	b = appendIntField(b, "bytes", e.Bytes)
	if e.Width != 0 {
		b = appendIntField(b, "width", int64(e.Width))
	}
	if e.Height != 0 {
		b = appendIntField(b, "height", int64(e.Height))
	}
	if e.Duration != 0 {
		b = append(b, ",\n      \"duration\": "...)
		b = strconv.AppendFloat(b, e.Duration, 'f', -1, 64)
	}
	if l.legacy {
		b = appendLegacyCost(b, address, e)
	} else {
		b = appendCost(b, e.Cost)
	}
	if e.TaskID != "" {
		b = append(b, ',')
		b = appendTextField(b, "task_id", e.TaskID)
	}
	b = appendChoice(b, e)
	if len(e.Protect) > 0 {
		b = append(b, ",\n      \"protect\": "...)
		b = appendList(b, e.Protect)
	}
	return append(b, "\n    }"...), names
}

func appendInputs(b []byte, in Inputs, names []string) ([]byte, []string) {
	b = append(b, "\n      \"inputs\": {"...)
	names = names[:0]
	for name := range in {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n        "...)
		b = appendString(b, name)
		b = append(b, ": "...)
		b = appendValue(b, in[name], "\n        ")
	}
	if len(names) > 0 {
		b = append(b, "\n      "...)
	}
	return append(b, '}'), names
}

// appendValue writes v; newline is the line break and indent of its line,
// which only an expanded object needs.
func appendValue(b []byte, v Value, newline string) []byte {
	switch v.kind {
	case KindInt:
		return strconv.AppendInt(b, v.number, 10)
	case KindNumber:
		return append(b, v.text...)
	case KindBool:
		return strconv.AppendBool(b, v.number == 1)
	case KindStrings:
		return appendList(b, v.list)
	case KindNumbers:
		return append(b, v.String()...)
	case KindSensitive:
		b = append(b, '{')
		b = append(b, newline...)
		b = append(b, "  \"sensitive\": \""...)
		b = append(ContentHash([]byte(v.text)).append(b), '"')
		b = append(b, newline...)
		return append(b, '}')
	default:
		return appendString(b, v.text)
	}
}

func appendTextField(b []byte, name, value string) []byte {
	b = append(b, "\n      \""...)
	b = append(b, name...)
	b = append(b, "\": "...)
	return appendString(b, value)
}

func appendIntField(b []byte, name string, value int64) []byte {
	b = append(b, ",\n      \""...)
	b = append(b, name...)
	b = append(b, "\": "...)
	return strconv.AppendInt(b, value, 10)
}

func appendList(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendString(b, s)
	}
	return append(b, ']')
}

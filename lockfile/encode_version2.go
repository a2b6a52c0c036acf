package lockfile

import (
	"maps"
	"slices"
	"strconv"
)

// appendCost writes what a result cost, if it cost anything.
func appendCost(b []byte, c Cost) []byte {
	return appendObject(b, "cost", c, func(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) })
}

// appendChoice writes who made the result, what it was chosen from, and what
// is known of the file.
func appendChoice(b []byte, e *Entry) []byte {
	if e.Adopted {
		b = append(b, ",\n      \"adopted\": true"...)
	}
	if len(e.Candidates) > 0 {
		b = append(b, ",\n      \"candidates\": ["...)
		for i, c := range e.Candidates {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCandidate(append(b, "\n        "...), c)
		}
		b = append(b, "\n      ]"...)
	}
	if e.Picked != 0 {
		b = appendIntField(b, "picked", int64(e.Picked))
	}
	if e.Placeholder {
		b = append(b, ",\n      \"placeholder\": true"...)
	}
	b = appendObject(b, "marks", e.Marks, appendString)
	return appendObject(b, "frames", e.Frames, appendNumbers)
}

func appendCandidate(b []byte, c Candidate) []byte {
	if c.ContentHash.IsZero() {
		return append(b, "null"...)
	}
	b = append(b, "{\"content_hash\": \""...)
	b = append(c.ContentHash.append(b), '"')
	if c.TaskID != "" {
		b = appendString(append(b, ", \"task_id\": "...), c.TaskID)
	}
	return append(b, '}')
}

func appendNumbers(b []byte, list []int) []byte {
	b = append(b, '[')
	for i, n := range list {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return append(b, ']')
}

// appendObject writes a field that is an object with keys of its own. An empty
// one is left out.
func appendObject[V any](b []byte, field string, m map[string]V, appendValue func([]byte, V) []byte) []byte {
	if len(m) == 0 {
		return b
	}
	b = append(b, ",\n      \""...)
	b = append(b, field...)
	b = append(b, "\": {"...)
	for i, name := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n        "...)
		b = appendValue(append(appendString(b, name), ": "...), m[name])
	}
	return append(b, "\n      }"...)
}

package lockfile

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// said is what a test wants of an entry.
func said(address string, e *Entry) string {
	return address + " " + e.TaskID + " " + e.ContentHash.String() + fmt.Sprint(e.Cost)
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// TestVersions reads texts in turn, so that each is read with what the ones
// before it left.
func TestVersions(t *testing.T) {
	t.Parallel()
	first := string(lockOfSize(20).Encode())
	other := strings.Replace(first, `"task_id": "7"`, `"task_id": "seven"`, 1)
	legacy := strings.NewReplacer("\"version\": 2", "\"version\": 1", "\"cost\": {\n        \"image_credits\": 2\n      }", `"credits": 2`,
		"\"cost\": {\n        \"videos\": 1\n      }", `"videos": 1`).Replace(first)
	v := NewVersions(".", said)
	for name, text := range map[string]string{
		"as written": first, "an entry changed": other, "version 1": legacy, "nothing": string(New().Encode()),
		"one entry": string(lockOfSize(1).Encode()), "with CRLF": strings.ReplaceAll(other, "\n", "\r\n"),
		"indented otherwise": strings.ReplaceAll(first, "      ", "    "), "on one line": strings.ReplaceAll(first, "\n", ""),
		"two entries in one": strings.Replace(first, "\n    },", "\n },", 1),
	} {
		for range 2 {
			l, err := Parse("x", ".", []byte(text))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			var want []string
			for address, e := range l.Assets {
				want = append(want, said(address, &e))
			}
			got, err := v.Read([]byte(text))
			if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
			}
		}
	}
}

func TestVersionsRefuse(t *testing.T) {
	t.Parallel()
	text := string(lockOfSize(3).Encode())
	v := NewVersions(".", said)
	if _, err := v.Read([]byte(text)); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"markers":           strings.Replace(text, "    \"image.icon[\\\"item-00002", "<<<<<<< HEAD\n=======\n>>>>>>> b\n    \"image.icon[\\\"item-00002", 1),
		"a field":           strings.Replace(text, `"media_type"`, `"medium"`, 1),
		"no comma":          strings.Replace(text, "\n    },", "\n    }", 1),
		"cut":               text[:len(text)/2],
		"cut at the end":    strings.TrimSuffix(text, textEnd),
		"another version":   strings.Replace(text, `"version": 2`, `"version": 9`, 1),
		"trailing":          text + "}",
		"closed in between": strings.Replace(text, "\n    },", "\n    }},\"assets\":{", 1),
		"empty":             "",
	} {
		if got, err := v.Read([]byte(bad)); err == nil {
			t.Errorf("%s: read as %q", name, got)
		}
		if _, err := Parse("x", ".", []byte(bad)); err == nil {
			t.Errorf("%s is a lock", name)
		}
	}
	// What one entry says does not hide what another one does.
	twice := strings.Replace(text, "item-00002.png", "ITEM-00001.png", 1)
	if _, err := Parse("x", ".", []byte(twice)); err == nil {
		t.Error("two entries may name one file in two spellings")
	}
	if got, err := v.Read([]byte(twice)); err != nil || len(got) != 3 {
		t.Errorf("%d entries, %v", len(got), err)
	}
}

// TestVersionsForget: a history whose versions share nothing is not held in
// memory.
func TestVersionsForget(t *testing.T) {
	t.Parallel()
	v := NewVersions(".", said)
	padding := strings.Repeat("p", 1<<20)
	for i := range 2 * maxKnown / len(padding) {
		l := lockOfSize(1)
		for address, e := range l.Assets {
			e.Inputs["prompt"] = Text(fmt.Sprint(i, padding))
			l.Assets[address] = e
		}
		if got, err := v.Read(l.Encode()); err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		held := 0
		for text := range v.known {
			held += len(text)
		}
		if held > maxKnown || held != v.size {
			t.Fatalf("after %d versions %d bytes are held, and %d counted", i+1, held, v.size)
		}
	}
}

// BenchmarkVersions reads a history in which each version has another entry.
func BenchmarkVersions(b *testing.B) {
	const versions, entries = 100, 300
	l := lockOfSize(entries)
	var texts [][]byte
	size := 0
	for i := range versions {
		address := l.Addresses()[i]
		e := l.Assets[address]
		e.TaskID = fmt.Sprint("again", i)
		l.Assets[address] = e
		texts = append(texts, l.Encode())
		size += len(texts[i])
	}
	b.ReportAllocs()
	b.SetBytes(int64(size))
	for b.Loop() {
		v := NewVersions(".", said)
		for _, text := range texts {
			if list, err := v.Read(text); err != nil || len(list) != entries {
				b.Fatal(len(list), err)
			}
		}
		if len(v.known) != entries+versions-1 {
			b.Fatalf("%d texts of entries were parsed", len(v.known))
		}
	}
}

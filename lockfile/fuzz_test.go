package lockfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seedCorpus returns the texts below testdata, the sample and what the table
// of malformed locks makes of it.
func seedCorpus(f *testing.F) [][]byte {
	f.Helper()
	files, err := filepath.Glob("testdata/*/*.json")
	if err != nil {
		f.Fatal(err)
	}
	if len(files) == 0 {
		f.Fatal("the seed corpus in testdata is empty")
	}
	seeds := [][]byte{[]byte(sample), []byte(sample2)}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, b)
	}
	for text, tests := range map[string][]malformation{sample: malformed, sample2: malformed2} {
		for _, test := range tests {
			bad := strings.Replace(text, test.old, test.new, 1)
			seeds = append(seeds, []byte(strings.Replace(bad, mark, "", 1)))
		}
	}
	return seeds
}

// What is accepted can be written, is read back as it is, and then keeps its
// bytes. What is refused is refused with a place inside the file.
func FuzzParse(f *testing.F) {
	for _, seed := range seedCorpus(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := Parse("x", ".", b)
		if err != nil {
			syntax := err.(*SyntaxError)
			if l != nil || syntax.Byte > len(b) || syntax.Line < 1 || syntax.Column < 1 || syntax.Summary == "" || syntax.Detail == "" {
				t.Fatalf("got %v and error %#v", l, syntax)
			}
			return
		}
		text := l.Encode()
		again, err := Parse("x", ".", text)
		if err != nil {
			t.Fatalf("own text is refused: %v\n%s", err, text)
		}
		if !again.Equal(l) {
			t.Fatalf("own text is read as another lock:\n%s\n%s", b, text)
		}
		if string(again.Encode()) != string(text) || again.version() != l.version() {
			t.Fatalf("own text changes when it is written again:\n%s", text)
		}
		// In version 2 it says the same, and says it for good.
		again.Put("image.added", numbered(1))
		again.Drop("image.added")
		l.Drop("image.added")
		text = again.Encode()
		if again, err = Parse("x", ".", text); err != nil || !again.Equal(l) || again.version() != formatVersion || string(again.Encode()) != string(text) {
			t.Fatalf("version %d says something else, or is refused (%v):\n%s", formatVersion, err, text)
		}
	})
}

// Three locks made of few entries: each byte gives one address of one lock a
// state, which may be a pick. The merge holds nothing that no side has, and loses nothing.
func FuzzMerge(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 1, 1, 1, 2, 3, 0, 1, 2, 1, 0, 2, 1, 2, 0, 1, 1, 0, 1, 0, 1}, byte(2))
	f.Add([]byte{0, 2, 3}, byte(3))
	f.Add([]byte{1, 5, 9, 5, 1, 9, 0, 5, 1}, byte(1))
	f.Add([]byte{}, byte(0))
	f.Fuzz(func(t *testing.T, states []byte, wanted byte) {
		base, ours, theirs := New(), New(), New()
		for i := 0; i+2 < len(states) && i < 3*26; i += 3 {
			address := "image." + string(rune('a'+i/3))
			for j, l := range []*Lock{base, ours, theirs} {
				if state := states[i+j] % 4; state > 0 {
					e := numbered(int64(state))
					if pick := int(states[i+j]/4) % 3; pick > 0 {
						e.Candidates, e.Picked = []Candidate{{ContentHash: e.ContentHash}, {ContentHash: HashBytes(nil)}}, pick
					}
					l.Assets[address] = e
				}
			}
		}
		prefer := func(string) (InputsHash, bool) { return numbered(int64(wanted % 4)).InputsHash, wanted%4 > 0 }
		merged, result := Merge(base, ours, theirs, prefer)
		checkMerge(t, ours, theirs, merged, result)

		// Merging is the same from the other side, but for what is undecided.
		mirrored, mirror := Merge(base, theirs, ours, prefer)
		for i, d := range result.Decisions {
			m := mirror.Decisions[i]
			if m.Address != d.Address || m.Cause != d.Cause {
				t.Errorf("from the other side %v becomes %v", d, m)
			}
			a, b := entryOf(merged, d.Address), entryOf(mirrored, d.Address)
			if d.Cause != Undecided && d.Cause != OtherPick && !a.same(b) {
				t.Errorf("%s depends on the direction", d.Address)
			}
		}
		for _, l := range []*Lock{ours, theirs} {
			if again, r := Merge(l, l, merged, prefer); !again.Equal(merged) {
				t.Errorf("merging the result into a side gives %v, %v", again.Addresses(), r)
			}
		}
	})
}

// FuzzSplitConflict holds that a text that splits has no marker of its size
// left, and that each side is no longer than the whole.
func FuzzSplitConflict(f *testing.F) {
	for _, test := range conflicts {
		f.Add([]byte(test.text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		ours, base, theirs, ok := SplitConflict(b)
		if !ok {
			if ours != nil || base != nil || theirs != nil {
				t.Fatal("texts without ok")
			}
			return
		}
		s := conflictSplitter{size: markerSize(b)}
		for _, side := range [][]byte{ours, base, theirs} {
			if len(side) >= len(b) {
				t.Fatalf("a side has %d bytes of %d", len(side), len(b))
			}
			for _, line := range splitLines(side) {
				if s.marker(line) != 0 {
					t.Fatalf("marker %q is left", line)
				}
			}
		}
	})
}

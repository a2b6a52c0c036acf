package lockfile

import (
	"maps"
	"slices"
	"testing"
)

// chosen returns a lock of one image. "abc 2" has the candidates a, b and c
// at 2 image credits each, and the second picked; in "a-c 0" the second is
// missing and nobody picked. "a" is an entry without candidates. What follows
// "!" is the entry's protection.
func chosen(s string) *Lock {
	names, picked, protect := s, 0, ""
	if i := len(names) - len(" 0"); i > 0 && names[i] == ' ' {
		names, picked = s[:i], int(s[i+1]-'0')
	}
	if i := len(names) - 1; names[i] == '!' {
		names, protect = names[:i], ProtectDestroy
	}
	e := numbered(1)
	e.Cost = Cost{}
	for _, name := range names {
		c := Candidate{}
		if name != '-' {
			c = Candidate{HashBytes([]byte(string(name))), "task " + string(name)}
			e.Cost["image_credits"] += 2
		}
		e.Candidates = append(e.Candidates, c)
	}
	output := slices.IndexFunc(e.Candidates, func(c Candidate) bool { return c.TaskID != "" })
	if e.Picked = picked; picked > 0 {
		output = picked - 1
	}
	e.ContentHash, e.TaskID = e.Candidates[output].ContentHash, e.Candidates[output].TaskID
	if len(e.Candidates) == 1 {
		e.Candidates = nil
	}
	if protect != "" {
		e.Protect = []string{protect}
	}
	l := New()
	l.Assets["image.a"] = e
	return l
}

// Candidates are joined one by one, and so is what they cost; the output and
// the pick are those of one side.
func TestMergeCandidates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		base, ours, theirs, want string
		side                     Side
		cause                    Cause
	}{
		// More on one branch, a pick on the other.
		{"abcd 0", "abcdef 0", "abcd 4", "abcdef 4", Theirs, OnlyPick},
		{"abcd 0", "abcd 4", "abcdef 0", "abcdef 4", Ours, OnlyPick},
		// More on both: what both made is ours.
		{"abcd 0", "abcde 0", "abcdEf 0", "abcdef 0", Ours, Undecided},
		{"abcd 0", "abcdEf 0", "abcde 0", "abcdEf 0", Ours, Undecided},
		{"abcd 2", "abcde 2", "abcdEf 2", "abcdef 2", Ours, Undecided},
		{"a", "ab 0", "aBc 0", "abc 0", Ours, Undecided},
		{"a", "a!", "abc 0", "abc! 0", Ours, Undecided},
		{"a", "abc 0", "a!", "abc 0", Ours, Undecided},
		// One that failed on one branch came on the other, and the output stays.
		{"a-c 0", "abc 0", "a-cd 0", "abcd 0", Ours, Undecided},
		{"a-c 0", "a-cd 0", "abc 0", "abcd 0", Ours, Undecided},
		{"--c 3", "--c! 3", "ab-d 0", "abcd 0", Theirs, OnlyPick},
		{"abc 0", "ab-d 0", "a-ce- 0", "abcd- 0", Ours, Undecided},
		// One branch made fewer of it, and nothing else happened.
		{"abcd 0", "ab 0", "abcd 0", "ab 0", Ours, OneChanged},
		{"abcd 0", "abcd 0", "ab 0", "ab 0", Theirs, OneChanged},
		// A pick that stood at the base is no branch's.
		{"abcd 2", "abcd! 2", "abcd 4", "abcd 4", Theirs, OnlyPick},
		{"abcd 2", "abcd 4", "abcd! 2", "abcd 4", Ours, OnlyPick},
		{"abcd 2", "abcdef 2", "abcd 4", "abcdef 4", Theirs, OnlyPick},
		{"abcd 2", "ab 2", "abcd 4", "abcd 4", Theirs, OnlyPick},
		{"abcd 2", "abcd 4", "ab 2", "abcd 4", Ours, OnlyPick},
		{"abcd 2", "aBcd 2", "abcd! 2", "aBcd 2", Ours, OnlyPick},
		{"abcd 2", "ABCD 0", "abcd! 2", "ABCD 0", Ours, OnlyPick},
		{"abcd 2", "abcd 1", "abcde 4", "abcde 1", Ours, OtherPick},
	}
	for _, test := range tests {
		base, ours, theirs, want := chosen(test.base), chosen(test.ours), chosen(test.theirs), chosen(test.want)
		e, taken := want.Assets["image.a"], ours.Assets["image.a"]
		if test.side == Theirs {
			taken = theirs.Assets["image.a"]
		}
		e.ContentHash, e.TaskID = taken.ContentHash, taken.TaskID
		want.Assets["image.a"] = e
		kept := []*Lock{ours.Clone(), theirs.Clone()}
		merged, result := Merge(base, ours, theirs, nil)
		if !merged.Equal(want) || len(result.Decisions) != 1 || result.Decisions[0] != (Decision{"image.a", test.side, test.cause, false}) {
			t.Errorf("%v: got %v, %s", test, result.Decisions, merged.Encode())
		}
		if _, err := Parse("x", ".", merged.Encode()); err != nil {
			t.Errorf("%v: %v", test, err)
		}
		if !ours.Equal(kept[0]) || !theirs.Equal(kept[1]) {
			t.Errorf("%v: a side was changed", test)
		}
		checkMerge(t, ours, theirs, merged, result)
	}
}

// What a person made, a sketch and what other inputs gave stay by themselves,
// and a pick of other inputs at the base is none of these.
func TestMergeCandidatesOfOthers(t *testing.T) {
	t.Parallel()
	edit := func(s string, f func(*Entry)) *Lock {
		l := chosen(s)
		e := l.Assets["image.a"]
		f(&e)
		l.Assets["image.a"] = e
		return l
	}
	adopt := func(e *Entry) { e.Adopted = true }
	sketch := func(e *Entry) { e.Placeholder = true }
	other := func(e *Entry) { e.InputsHash = numbered(2).InputsHash }
	for _, side := range [][2]*Lock{
		{edit("a", adopt), chosen("abc 0")}, {chosen("a!"), edit("abc 0", adopt)},
		{edit("a", other), chosen("abc 0")}, {chosen("ab 0"), edit("abc 0", sketch)},
	} {
		merged, result := Merge(New(), side[0], side[1], nil)
		if !merged.Equal(side[0]) {
			t.Errorf("got %v, %s", result.Decisions, merged.Encode())
		}
		checkMerge(t, side[0], side[1], merged, result)
	}
	ours, theirs := chosen("abcd! 2"), chosen("abcd 4")
	merged, result := Merge(edit("abcd 2", other), ours, theirs, nil)
	if !merged.Equal(ours) || result.Decisions[0].Cause != OtherPick {
		t.Errorf("got %v, %s", result.Decisions, merged.Encode())
	}
}

// The output and what is known of it come from one side, also the file that
// was converted: of an entry without candidates the delivered one is joined.
func TestMergeCandidatesOfConverted(t *testing.T) {
	t.Parallel()
	ours, theirs := chosen("a-c 3"), chosen("a")
	e := theirs.Assets["image.a"]
	e.SourceHash, e.ContentHash = HashBytes([]byte("delivered")), HashBytes([]byte("converted"))
	e.Cost = Cost{"videos": 3}
	theirs.Assets["image.a"] = e
	o := ours.Assets["image.a"]
	o.Candidates[0] = Candidate{}
	ours.Assets["image.a"] = o
	merged, result := Merge(New(), ours, theirs, nil)
	got := merged.Assets["image.a"]
	if got.Candidates[0] != (Candidate{e.SourceHash, "task a"}) || got.ContentHash != o.ContentHash || !got.SourceHash.IsZero() ||
		!maps.Equal(got.Cost, Cost{"image_credits": 4, "videos": 3}) {
		t.Errorf("got %v, %s", result.Decisions, merged.Encode())
	}
	checkMerge(t, ours, theirs, merged, result)
}

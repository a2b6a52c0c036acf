package lockfile

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// numbered returns an entry that is told from others by its number.
func numbered(n int64) Entry {
	h := HashBytes([]byte{byte(n)})
	return Entry{
		Output: "a.png", Provider: "local", Method: "generate_image", Inputs: Inputs{"seed": Int(n)},
		InputsHash: InputsHash(h), ContentHash: HashBytes(h[:]), MediaType: "image/png", Bytes: n,
	}
}

// lockOf reads "a1 b2": image.a has entry 1 and image.b has entry 2.
func lockOf(s string) *Lock {
	l := New()
	for _, f := range strings.Fields(s) {
		l.Assets["image."+f[:1]] = numbered(int64(f[1] - '0'))
	}
	return l
}

// checkJoined holds that an entry which both sides changed is the taken one
// with no candidate less than the two had, at each number the taken one's first.
func checkJoined(t *testing.T, address string, taken, left, merged Entry) {
	t.Helper()
	list := merged.CandidateList()
	for i := range max(len(taken.CandidateList()), len(left.CandidateList())) {
		var want Candidate
		for _, e := range []Entry{left, taken} {
			if of := e.CandidateList(); i < len(of) && !of[i].ContentHash.IsZero() {
				want = of[i]
			}
		}
		if !want.ContentHash.IsZero() && (i >= len(list) || list[i] != want) {
			t.Errorf("%s: candidate %d is not %v in %v", address, i+1, want, list)
		}
	}
	if len(taken.CandidateList()) == len(list) && !merged.Equal(taken) && !slices.Contains(taken.CandidateList(), Candidate{}) {
		t.Errorf("%s: nothing was missing, and the entry is another", address)
	}
	merged.Candidates, merged.Cost = taken.Candidates, taken.Cost
	if !merged.Equal(taken) {
		t.Errorf("%s: more than the candidates and their cost is changed", address)
	}
}

// checkMerge holds the invariants: every entry of the result is one that a
// side has, perhaps with candidates of the other side, every address on which the sides differ has a decision that says
// what happened, and every entry that is not in the result is a spare.
func checkMerge(t *testing.T, ours, theirs, merged *Lock, result MergeResult) {
	t.Helper()
	decided := map[string]Decision{}
	for _, d := range result.Decisions {
		decided[d.Address] = d
	}
	spares := map[string]Spare{}
	for _, s := range result.Spares {
		spares[s.Address] = s
	}
	addresses := slices.Concat(ours.Addresses(), theirs.Addresses(), merged.Addresses())
	slices.Sort(addresses)
	addresses = slices.Compact(addresses)
	differ := 0
	for _, address := range addresses {
		o, th, m := entryOf(ours, address), entryOf(theirs, address), entryOf(merged, address)
		if o.same(th) {
			if !m.same(o) {
				t.Errorf("%s is equal on both sides and was changed", address)
			}
			continue
		}
		differ++
		d, ok := decided[address]
		taken, left, leftSide := o, th, Theirs
		if d.Side == Theirs {
			taken, left, leftSide = th, o, Ours
		}
		joined := ok && taken.exists && left.exists && m.exists && d.Cause != OneChanged && taken.entry.InputsHash == left.entry.InputsHash &&
			!taken.entry.Adopted && !left.entry.Adopted && !taken.entry.Placeholder && !left.entry.Placeholder
		if joined {
			checkJoined(t, address, taken.entry, left.entry, m.entry)
			m = taken
		}
		if !ok || !m.same(taken) || d.Deleted == taken.exists {
			t.Errorf("%s: the decision %v (found: %t) is not what happened", address, d, ok)
		}
		spare, ok := spares[address]
		if ok != left.exists || ok && (spare.Side != leftSide || !spare.Entry.Equal(left.entry)) {
			t.Errorf("%s: spare %v (found: %t), want %v", address, spare, ok, left)
		}
	}
	if len(result.Decisions) != differ || len(decided) != differ || len(spares) != len(result.Spares) || len(spares) > differ {
		t.Errorf("%d decisions and %d spares for %d differences", len(result.Decisions), len(result.Spares), differ)
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	want := func(n int64) func(string) (InputsHash, bool) {
		return func(string) (InputsHash, bool) { return numbered(n).InputsHash, true }
	}
	tests := []struct {
		name               string
		base, ours, theirs string
		prefer             func(string) (InputsHash, bool)
		merged             string
		decisions          []Decision
	}{
		{"nothing changed", "a1", "a1", "a1", nil, "a1", nil},
		{"both changed alike", "a1", "a2", "a2", nil, "a2", nil},
		{"both added alike", "", "a2", "a2", nil, "a2", nil},
		{"both deleted", "a1 b1", "b1", "b1", nil, "b1", nil},
		{"we changed", "a1", "a2", "a1", want(1), "a2", []Decision{{"image.a", Ours, OneChanged, false}}},
		{"they changed", "a1", "a1", "a2", want(1), "a2", []Decision{{"image.a", Theirs, OneChanged, false}}},
		{"we added", "", "a1", "", nil, "a1", []Decision{{"image.a", Ours, OneChanged, false}}},
		{"they added", "", "", "a1", nil, "a1", []Decision{{"image.a", Theirs, OneChanged, false}}},
		{"we deleted", "a1", "", "a1", nil, "", []Decision{{"image.a", Ours, OneChanged, true}}},
		{"they deleted", "a1", "a1", "", nil, "", []Decision{{"image.a", Theirs, OneChanged, true}}},
		{"we deleted, they changed", "a1", "", "a2", nil, "a2", []Decision{{"image.a", Theirs, OtherDeleted, false}}},
		{"they deleted, we changed", "a1", "a2", "", nil, "a2", []Decision{{"image.a", Ours, OtherDeleted, false}}},
		{"both changed, ours wanted", "a1", "a2", "a3", want(2), "a2", []Decision{{"image.a", Ours, Wanted, false}}},
		{"both changed, theirs wanted", "a1", "a2", "a3", want(3), "a3", []Decision{{"image.a", Theirs, Wanted, false}}},
		{"both changed, neither wanted", "a1", "a2", "a3", want(1), "a2", []Decision{{"image.a", Ours, Undecided, false}}},
		{"both changed, no configuration", "a1", "a2", "a3", nil, "a2", []Decision{{"image.a", Ours, Undecided, false}}},
		{"both changed, not configured", "a1", "a2", "a3",
			func(string) (InputsHash, bool) { return numbered(3).InputsHash, false },
			"a2", []Decision{{"image.a", Ours, Undecided, false}}},
		{"both added, theirs wanted", "", "a2", "a3", want(3), "a3", []Decision{{"image.a", Theirs, Wanted, false}}},
		{"several", "a1 b1 c1", "a2 b1 d1", "a1 b2 c1 e1", nil, "a2 b2 d1 e1", []Decision{
			{"image.a", Ours, OneChanged, false}, {"image.b", Theirs, OneChanged, false}, {"image.c", Ours, OneChanged, true},
			{"image.d", Ours, OneChanged, false}, {"image.e", Theirs, OneChanged, false}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ours, theirs := lockOf(test.ours), lockOf(test.theirs)
			merged, result := Merge(lockOf(test.base), ours, theirs, test.prefer)
			if !merged.Equal(lockOf(test.merged)) {
				t.Errorf("got %s, want %q", merged.Encode(), test.merged)
			}
			if diff := cmp.Diff(test.decisions, result.Decisions); diff != "" {
				t.Errorf("decisions (-want +got):\n%s", diff)
			}
			checkMerge(t, ours, theirs, merged, result)
		})
	}
}

// Two takes of the same inputs: the configuration wants both, so ours stays
// and theirs is kept as a spare.
func TestMergeOfTwoTakes(t *testing.T) {
	t.Parallel()
	ours, theirs := lockOf("a1"), lockOf("a1")
	e := theirs.Assets["image.a"]
	e.ContentHash = HashBytes([]byte("another take"))
	theirs.Assets["image.a"] = e
	merged, result := Merge(New(), ours, theirs, func(string) (InputsHash, bool) { return e.InputsHash, true })
	if !merged.Equal(ours) || result.Decisions[0].Cause != Undecided {
		t.Errorf("got %v, %v", merged.Assets, result)
	}
	checkMerge(t, ours, theirs, merged, result)
}

// A placeholder never takes the place of a result, whichever branch has it and
// whatever the configuration asks for.
func TestMergeOfPlaceholder(t *testing.T) {
	t.Parallel()
	sketched := func(s string) *Lock {
		l := lockOf(s)
		e := l.Assets["image.a"]
		e.Placeholder = true
		l.Assets["image.a"] = e
		return l
	}
	for _, base := range []*Lock{nil, sketched("a1")} {
		for _, locks := range [][2]*Lock{{sketched("a2"), lockOf("a3")}, {lockOf("a3"), sketched("a2")}} {
			merged, result := Merge(base, locks[0], locks[1], func(string) (InputsHash, bool) { return numbered(2).InputsHash, true })
			if !merged.Equal(lockOf("a3")) || result.Decisions[0].Cause != OnlyResult {
				t.Errorf("got %s, %v", merged.Encode(), result.Decisions)
			}
			checkMerge(t, locks[0], locks[1], merged, result)
		}
	}
}

func TestMergeWithoutBase(t *testing.T) {
	t.Parallel()
	ours, theirs := lockOf("a1 b1"), lockOf("a2 c1")
	merged, result := Merge(nil, ours, theirs, nil)
	if !merged.Equal(lockOf("a1 b1 c1")) {
		t.Errorf("got %s", merged.Encode())
	}
	checkMerge(t, ours, theirs, merged, result)
	if empty, _ := Merge(nil, &Lock{}, &Lock{}, nil); empty.Assets == nil || len(empty.Assets) != 0 {
		t.Errorf("got %v from two zero locks", empty)
	}
}

func TestMergeWords(t *testing.T) {
	t.Parallel()
	words := map[string]bool{}
	for _, s := range []string{Ours.String(), Theirs.String(), OneChanged.String(), OtherDeleted.String(), Wanted.String(), Undecided.String(), OnlyResult.String(), OnlyPick.String(), OtherPick.String()} {
		words[s] = true
	}
	if len(words) != 9 || words[""] {
		t.Errorf("got %v, want nine different texts", words)
	}
}

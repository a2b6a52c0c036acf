package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
	"assetform/plan"

	"github.com/google/go-cmp/cmp"
)

// day is when the tests' records were made.
var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func addressOf(t testing.TB, text string) address.Address {
	t.Helper()
	a, err := address.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// firstRecord is what a request is journaled with before it is sent.
func firstRecord(t testing.TB, id, asset string) Record {
	return Record{
		ID: id, State: StateIntent, Time: day, Address: addressOf(t, asset),
		Provider: "imaginator", Origin: "https://api.example.com", Method: "generate_image",
		Kind: address.Image, Model: "nano_banana_pro", Baseline: Baseline{Task: "41", Row: lockfile.HashBytes([]byte("row"))},
		InputsHash: lockfile.InputsHash(lockfile.HashBytes([]byte(asset))),
		Inputs: lockfile.Inputs{
			"prompt": lockfile.Text("A knight \"in\" <armour>\u2028"), "seed": lockfile.Int(7), "upscale": lockfile.Bool(true),
			"references": lockfile.Strings([]string{"sha256:a", "sha256:b"}),
			"style":      lockfile.Sensitive(lockfile.HashBytes([]byte("s"))),
		},
		Requested: true, Cost: engine.Cost{"image_credits": 2}, IdempotencyKey: id,
	}
}

// dirOf is the data directory that a file of it stands in.
func dirOf(path string) *datadir.Dir { return datadir.Open(filepath.Dir(path)) }

func openJournal(t testing.TB, path string, o Options) *Journal {
	t.Helper()
	j, err := Open(dirOf(path), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func mustAppend(t testing.TB, j *Journal, records ...Record) {
	t.Helper()
	for _, r := range records {
		if err := j.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
}

func mustRead(t testing.TB, path string) []Intent {
	t.Helper()
	intents, err := Read(dirOf(path))
	if err != nil {
		t.Fatal(err)
	}
	return intents
}

func TestJournalRemembers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ".assetform", "journal")
	clock := func() time.Time { return day.Add(time.Minute) }
	j := openJournal(t, path, Options{Clock: clock})
	first := firstRecord(t, "one", `module.ui["en"].image.icon["a b"]`)
	content := lockfile.HashBytes([]byte("content"))
	mustAppend(t, j, first,
		firstRecord(t, "two", "image.shield"),
		Record{ID: "one", State: StateUnknown, Error: "reset by peer"},
		Record{ID: "one", State: StateSubmitted, TaskID: "42"},
		Record{ID: "one", State: StateStored, Content: content})

	want := Intent{Record: first, Created: day}
	want.State, want.Time, want.TaskID, want.Content = StateStored, clock(), "42", content
	if got, ok := j.Intent("one"); !ok || cmp.Diff(want, got) != "" {
		t.Errorf("intent (-want +got):\n%s", cmp.Diff(want, got))
	}
	if _, ok := j.Intent("three"); ok {
		t.Error("an intent that was never recorded is known")
	}
	inMemory := j.Intents()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(inMemory, mustRead(t, path)); d != "" {
		t.Errorf("read back (-memory +disk):\n%s", d)
	}

	// Another run goes on where this one ended.
	j = openJournal(t, path, Options{})
	mustAppend(t, j, Record{ID: "two", State: StateNotCreated})
	j.Close()
	got := mustRead(t, path)
	if len(got) != 2 || got[1].State != StateNotCreated || got[1].ID != "two" || got[1].Inputs == nil {
		t.Errorf("after another run: %+v", got)
	}
	ignore, err := os.ReadFile(filepath.Join(filepath.Dir(path), ".gitignore"))
	if err != nil || string(ignore) != "*\n" {
		t.Errorf("the directory's .gitignore is %q, error %v", ignore, err)
	}
}

// A note is on disk with the next record that somebody waits for, before it in
// the file; soon by itself; and when the journal is closed. One that may not
// follow what is known is left out alone.
func TestNotes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ".assetform", "journal")
	j := openJournal(t, path, Options{})
	note := func(r Record) {
		t.Helper()
		if err := j.Note(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	state := func(i int) State { t.Helper(); return mustRead(t, path)[i].State }
	mustAppend(t, j, firstRecord(t, "one", "image.a"), Record{ID: "one", State: StateSubmitted, TaskID: "1"})
	note(Record{ID: "one", State: StateCompleted})
	note(Record{ID: "nobody", State: StateCompleted})
	mustAppend(t, j, firstRecord(t, "two", "image.b"))
	if got := mustRead(t, path); len(got) != 2 || got[0].State != StateCompleted || got[1].ID != "two" {
		t.Errorf("after a record that was waited for: %+v", got)
	}
	content := lockfile.HashBytes([]byte("content"))
	note(Record{ID: "one", State: StateRejected, Content: content})
	if in, ok := j.Intent("one"); !ok || in.State != StateRejected {
		t.Errorf("a note is not known to who asks: %+v", in)
	}
	note(Record{ID: "one", State: StateStored, Content: content})
	for began := time.Now(); state(0) != StateStored; time.Sleep(time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatal("a note was not written by itself")
		}
	}
	note(Record{ID: "one", State: StateDone})
	if err := j.Close(); err != nil || state(0) != StateDone {
		t.Errorf("after the end: state %q, error %v", state(0), err)
	}
	if err := j.Note(t.Context(), Record{ID: "one", State: StateDone}); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestJournalAbsent(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	if got := mustRead(t, filepath.Join(dir, "journal")); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading created the directory: %v", err)
	}
}

// A record that could not be understood later is refused, alone, and leaves
// no trace in the file.
func TestJournalRefusesRecords(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	j := openJournal(t, path, Options{})
	mustAppend(t, j, firstRecord(t, "one", "image.knight"))
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	odd := firstRecord(t, "two", "image.shield")
	odd.Address.Name = "a b"
	noInputs := firstRecord(t, "three", "image.shield")
	noInputs.InputsHash = lockfile.InputsHash{}
	late := Record{ID: "one", State: StateDone, Time: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}
	for name, r := range map[string]Record{
		"no intent":          {State: StateDone},
		"unknown state":      {ID: "one", State: "paid"},
		"unknown intent":     {ID: "nobody", State: StateDone},
		"no task":            {ID: "one", State: StateSubmitted},
		"no content":         {ID: "one", State: StateStored},
		"unreadable address": odd,
		"no inputs":          noInputs,
		"a year of 5 digits": late,
		"too long":           {ID: "one", State: StateFailed, Error: strings.Repeat("x", maxRecordBytes)},
	} {
		if err := j.Append(t.Context(), r); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file changed: %q, error %v", after, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	j.Close()
	if err := j.Append(ctx, Record{ID: "one", State: StateDone}); err == nil {
		t.Error("append after close succeeded")
	}
}

// Many goroutines append at once: every record is there, in each goroutine's
// order.
func TestJournalGroupCommit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	j := openJournal(t, path, Options{})
	const workers, each = 16, 20
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			id := fmt.Sprintf("intent-%d", w)
			if err := j.Append(t.Context(), firstRecord(t, id, fmt.Sprintf("image.a%d", w))); err != nil {
				t.Error(err)
			}
			for i := range each {
				if err := j.Append(t.Context(), Record{ID: id, State: StateUnknown, Error: fmt.Sprint(i)}); err != nil {
					t.Error(err)
				}
				if in, _ := j.Intent(id); in.Error != fmt.Sprint(i) {
					t.Errorf("intent %s says %q after record %d was durable", id, in.Error, i)
				}
			}
		})
	}
	group.Wait()
	j.Close()
	intents := mustRead(t, path)
	if len(intents) != workers {
		t.Fatalf("%d intents, want %d", len(intents), workers)
	}
	for _, in := range intents {
		if in.Error != fmt.Sprint(each-1) {
			t.Errorf("intent %s ends with %q", in.ID, in.Error)
		}
	}
}

// What waits while an fsync runs is made durable by the next one, together.
func TestJournalSharesFsyncs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	synctest.Test(t, func(t *testing.T) {
		var syncs int // the writer's goroutine alone counts
		gate, entered := make(chan struct{}), make(chan struct{})
		j := openJournal(t, path, Options{TestOnlyFault: func(op string) error {
			if op == "sync" {
				if syncs++; syncs == 1 {
					close(entered)
					<-gate
				}
			}
			return nil
		}})
		const workers = 16
		var group sync.WaitGroup
		appendOne := func(w int) {
			if err := j.Append(t.Context(), firstRecord(t, fmt.Sprintf("intent-%d", w), fmt.Sprintf("image.a%d", w))); err != nil {
				t.Error(err)
			}
		}
		group.Go(func() { appendOne(0) })
		<-entered
		for w := range workers - 1 {
			group.Go(func() { appendOne(w + 1) })
		}
		synctest.Wait() // all of them wait for the writer
		close(gate)
		group.Wait()
		j.Close()
		if syncs > 3 { // the first record, the others, and at most one on closing
			t.Errorf("%d fsyncs for %d records", syncs, workers)
		}
	})
	if got := len(mustRead(t, path)); got != 16 {
		t.Errorf("%d intents", got)
	}
}

func TestJournalStates(t *testing.T) {
	t.Parallel()
	hash := func(s string) lockfile.InputsHash { return lockfile.InputsHash(lockfile.HashBytes([]byte(s))) }
	knight, shield := address.Address{Kind: address.Image, Name: "knight"}, address.Address{Kind: address.Image, Name: "shield"}
	intent := func(a address.Address, s State, inputs string, requested bool) Intent {
		return Intent{Record: Record{State: s, Address: a, InputsHash: hash(inputs), Requested: requested}}
	}
	candidate := func(number int, s State, inputs string) Intent {
		in := intent(knight, s, inputs, true)
		in.Candidate = number
		return in
	}
	for _, test := range []struct {
		name      string
		intents   []Intent
		paid      []string
		requested map[address.Address]map[lockfile.InputsHash]plan.Request
	}{
		{name: "nothing"},
		{"tasks whose result is to be fetched", []Intent{
			intent(knight, StateSubmitted, "a", false), intent(knight, StateAttached, "b", false), intent(shield, StateCompleted, "c", false),
		}, []string{"a", "b", "c"}, nil},
		{"no task, or nothing to fetch", []Intent{
			intent(knight, StateIntent, "a", false), intent(knight, StateUnknown, "b", false), intent(knight, StateStored, "c", false),
			intent(knight, StateFailed, "d", false), intent(knight, StateDone, "e", false), intent(knight, StateForgotten, "f", false),
		}, nil, nil},
		{"an interrupted replace stays requested", []Intent{
			intent(knight, StateIntent, "a", true), intent(shield, StateStored, "b", true),
		}, nil, map[address.Address]map[lockfile.InputsHash]plan.Request{knight: {hash("a"): plan.RequestOpen}, shield: {hash("b"): plan.RequestStored}}},
		{"of candidates each by itself", []Intent{
			intent(knight, StateStored, "old", true), candidate(1, StateUnknown, "a"), candidate(2, StateStored, "b"), candidate(3, StateForgotten, "c"),
		}, nil, map[address.Address]map[lockfile.InputsHash]plan.Request{knight: {hash("old"): plan.RequestStored, hash("a"): plan.RequestOpen, hash("b"): plan.RequestStored, hash("c"): plan.RequestDone}}},
		{"a candidate that failed, while its place is empty", []Intent{
			candidate(1, StateFailed, "a"), candidate(2, StateFailed, "b"), candidate(3, StateDone, "c"), intent(shield, StateRefused, "d", true),
		}, nil, map[address.Address]map[lockfile.InputsHash]plan.Request{knight: {hash("a"): plan.RequestOpen, hash("b"): plan.RequestDone, hash("c"): plan.RequestDone}}},
		{"one that a limit stopped, too", []Intent{intent(knight, StateNotCreated, "a", true)}, nil, map[address.Address]map[lockfile.InputsHash]plan.Request{knight: {hash("a"): plan.RequestOpen}}},
		{"the newest intent decides", []Intent{
			intent(knight, StateNotCreated, "a", true), intent(knight, StateDone, "a", true),
			intent(shield, StateIntent, "b", true), intent(shield, StateIntent, "c", false),
		}, nil, nil},
		{"refused, failed and forgotten end it", []Intent{
			intent(knight, StateRefused, "a", true), intent(shield, StateFailed, "b", true), intent(knight, StateForgotten, "c", true),
		}, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			paid := map[lockfile.InputsHash]bool{}
			for _, s := range test.paid {
				paid[hash(s)] = true
			}
			if d := cmp.Diff(paid, PaidInputs(engine.Registry{}, test.intents)); d != "" {
				t.Errorf("paid (-want +got):\n%s", d)
			}
			if test.requested == nil {
				test.requested = map[address.Address]map[lockfile.InputsHash]plan.Request{}
			}
			if d := cmp.Diff(test.requested, requested(test.intents, func(*Intent) bool { return false }, func(in *Intent) bool { return in.Candidate == 1 })); d != "" {
				t.Errorf("requested (-want +got):\n%s", d)
			}
		})
	}
}

func TestJournalCompact(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	j := openJournal(t, path, Options{})
	for i := range 50 {
		id := fmt.Sprint(i)
		mustAppend(t, j, firstRecord(t, id, "image.a"+id), Record{ID: id, State: StateSubmitted, Time: day.Add(time.Hour), TaskID: "t" + id})
		if i%10 != 0 {
			mustAppend(t, j, Record{ID: id, State: StateDone, Time: day.Add(2 * time.Hour)})
		}
	}
	var want []Intent
	for _, in := range j.Intents() {
		if in.State != StateDone {
			want = append(want, in)
		}
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Compact(func(in Intent) bool { return in.State != StateDone }); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(path); err != nil || after.Size() > before.Size()/8 {
		t.Errorf("from %d bytes to %d, error %v", before.Size(), after.Size(), err)
	}
	if d := cmp.Diff(want, mustRead(t, path)); d != "" || len(want) != 5 {
		t.Errorf("on disk (-want +got):\n%s", d)
	}
	// It goes on in the new file.
	mustAppend(t, j, Record{ID: "10", State: StateFailed, Time: day, Error: "no"}, firstRecord(t, "new", "image.new"))
	if err := j.Append(t.Context(), Record{ID: "11", State: StateDone}); err == nil {
		t.Error("a dropped intent is still known")
	}
	got := mustRead(t, path)
	if d := cmp.Diff(j.Intents(), got); d != "" || len(got) != 6 {
		t.Errorf("after appending (-memory +disk):\n%s", d)
	}
	if got[1].Created != day || got[1].State != StateFailed || got[1].TaskID != "t10" {
		t.Errorf("a compacted intent that went on is %+v", got[1])
	}
}

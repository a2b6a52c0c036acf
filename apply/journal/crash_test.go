package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// journalFile returns a journal's bytes and, for each of its records, where
// it ends and what the intents are then.
func journalFile(t *testing.T) (whole []byte, ends []int, states [][]Intent) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	j := openJournal(t, path, Options{})
	note := func() {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		whole, ends, states = b, append(ends, len(b)), append(states, j.Intents())
	}
	note()
	for _, r := range []Record{
		firstRecord(t, "one", "image.knight"),
		{ID: "one", State: StateSubmitted, Time: day, TaskID: "42"},
		firstRecord(t, "two", "image.shield"),
		{ID: "two", State: StateUnknown, Time: day, Error: "reset"},
	} {
		mustAppend(t, j, r)
		note()
	}
	j.Close()
	return whole, ends, states
}

// Wherever a crash cuts the file, what was durable before is there, reading
// changes nothing, and the next run appends whole lines.
func TestJournalCutAnywhere(t *testing.T) {
	t.Parallel()
	whole, ends, states := journalFile(t)
	path := filepath.Join(t.TempDir(), "journal")
	for n := 0; n <= len(whole); n++ {
		var want []Intent
		for i, end := range ends {
			// A last record that lacks only its line break is whole.
			if end <= n || end == n+1 && i > 0 {
				want = states[i]
			}
		}
		cut := whole[:n:n]
		// A journal comes into being with its header, and what is appended has
		// no zeros: such a file is no crash's work.
		damaged := n < len(headerLine())-1
		if n%7 == 1 {
			cut, damaged = append(cut, make([]byte, 100)...), true
		}
		if err := os.WriteFile(path, cut, 0o666); err != nil {
			t.Fatal(err)
		}
		if damaged {
			var damage *damageError
			if _, err := Read(dirOf(path)); !errors.As(err, &damage) {
				t.Fatalf("cut at %d: %v, want damage", n, err)
			}
			continue
		}
		if got := mustRead(t, path); len(got)+len(want) > 0 && cmp.Diff(want, got) != "" {
			t.Fatalf("cut at %d (-want +got):\n%s", n, cmp.Diff(want, got))
		}
		if n%5 != 0 && n != len(whole)-1 {
			continue // opening needs an fsync
		}
		if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, cut) {
			t.Fatalf("cut at %d: reading changed the file", n)
		}
		j := openJournal(t, path, Options{})
		mustAppend(t, j, firstRecord(t, "next", "image.next"))
		j.Close()
		if got := mustRead(t, path); len(got) != len(want)+1 || got[len(want)].ID != "next" {
			t.Fatalf("cut at %d: after appending %+v", n, got)
		}
	}
}

func TestJournalDamage(t *testing.T) {
	t.Parallel()
	whole, _, _ := journalFile(t)
	lines := bytes.SplitAfter(whole, []byte("\n"))
	join := func(change func(lines [][]byte)) []byte {
		l := make([][]byte, len(lines))
		copy(l, lines)
		change(l)
		return bytes.Join(l, nil)
	}
	replace := func(line int, old, new string) []byte {
		return join(func(l [][]byte) { l[line-1] = bytes.Replace(l[line-1], []byte(old), []byte(new), 1) })
	}
	for _, test := range []struct {
		name string
		file []byte
		line int
		want string
	}{
		{"not a journal", []byte("hello\nworld\n"), 1, "no journal of assetform"},
		{"newer version", replace(1, "1", "2"), 1, "update assetform"},
		{"older version", replace(1, "1", "0"), 1, "version 0 is not known"},
		{"cut in the middle", join(func(l [][]byte) { l[1] = append(bytes.Clone(l[1][:40]), '\n') }), 2, "unexpected EOF"},
		{"lost line break", join(func(l [][]byte) { l[1] = bytes.TrimSpace(l[1]) }), 2, "something follows the record"},
		{"zeros in the middle", join(func(l [][]byte) { l[2] = append(make([]byte, 80), '\n') }), 3, "invalid character"},
		{"empty line", join(func(l [][]byte) { l[2] = []byte("\n") }), 3, "EOF"},
		{"flipped bit in a name", replace(3, "task_id", "task_ie"), 3, "unknown field"},
		{"lost first record", join(func(l [][]byte) { l[1] = nil }), 2, "names no asset"},
		{"unknown state", replace(3, "submitted", "submittee"), 3, "is not known"},
		{"bad hash", replace(2, "v1:sha256:", "v9:sha256:"), 2, "inputs hash"},
		{"bad address", replace(2, "image.knight", "sound.knight"), 2, "sound"},
		{"bad input", replace(2, `"seed":7`, `"seed":7.50`), 2, "is written 7.5"},
		{"damaged last line", replace(5, `"error"`, `"errar"`), 5, "unknown field"},
		{"endless line", join(func(l [][]byte) { l[2] = bytes.Repeat([]byte("x"), maxRecordBytes+1) }), 3, "too long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "journal")
			if err := os.WriteFile(path, test.file, 0o666); err != nil {
				t.Fatal(err)
			}
			_, readErr := Read(dirOf(path))
			_, openErr := Open(dirOf(path), Options{})
			for _, err := range []error{readErr, openErr} {
				damage, ok := errors.AsType[*damageError](err)
				if !ok || damage.Line != test.line || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got error %v, want line %d and %q", err, test.line, test.want)
				}
			}
			if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, test.file) {
				t.Error("the damaged file was changed")
			}
		})
	}
}

// A full disk fails the append and nothing else: no half line stays, and the
// journal goes on when there is room.
func TestJournalDiskFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	full := false // read by the writer between the test's appends
	j := openJournal(t, path, Options{TestOnlyFault: func(op string) error {
		if op == "write" && full {
			return syscall.ENOSPC
		}
		return nil
	}})
	mustAppend(t, j, firstRecord(t, "one", "image.knight"))
	before := j.Intents()
	full = true
	err := j.Append(t.Context(), Record{ID: "one", State: StateDone})
	if !errors.Is(err, syscall.ENOSPC) || errors.Is(err, ErrBroken) {
		t.Errorf("got error %v", err)
	}
	if d := cmp.Diff(before, j.Intents()); d != "" {
		t.Errorf("a record that is not on disk is believed (-want +got):\n%s", d)
	}
	if d := cmp.Diff(before, mustRead(t, path)); d != "" {
		t.Errorf("on disk (-want +got):\n%s", d)
	}
	full = false
	mustAppend(t, j, Record{ID: "one", State: StateFailed, Time: day})
	j.Close()
	if got := mustRead(t, path); len(got) != 1 || got[0].State != StateFailed {
		t.Errorf("afterwards %+v", got)
	}
}

// After a failed fsync nothing can be promised any more: every append fails
// until a new run has read what is really there.
func TestJournalBroken(t *testing.T) {
	t.Parallel()
	for _, failing := range []string{"sync", "write then truncate"} {
		t.Run(failing, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "journal")
			broken := false
			j := openJournal(t, path, Options{TestOnlyFault: func(op string) error {
				if broken && strings.Contains(failing, op) {
					return syscall.EIO
				}
				return nil
			}})
			mustAppend(t, j, firstRecord(t, "one", "image.knight"))
			broken = true
			if err := j.Append(t.Context(), Record{ID: "one", State: StateDone}); !errors.Is(err, ErrBroken) || !errors.Is(err, syscall.EIO) {
				t.Errorf("got error %v", err)
			}
			broken = false
			if err := j.Append(t.Context(), Record{ID: "one", State: StateDone}); !errors.Is(err, ErrBroken) {
				t.Errorf("the next append: %v", err)
			}
			if err := j.Compact(func(Intent) bool { return true }); !errors.Is(err, ErrBroken) {
				t.Errorf("compaction: %v", err)
			}
			if in, _ := j.Intent("one"); in.State != StateIntent {
				t.Errorf("a record that may not be durable is believed: %q", in.State)
			}
			j.Close()
			j = openJournal(t, path, Options{})
			mustAppend(t, j, Record{ID: "one", State: StateDone})
		})
	}
}

// A compaction that fails at any step leaves the journal as it was, on disk
// and for appending.
func TestJournalCompactFails(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"sync", "rename"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "journal")
			failing := false
			j := openJournal(t, path, Options{TestOnlyFault: func(op string) error {
				if failing && op == step {
					return syscall.EIO
				}
				return nil
			}})
			for i := range 3 {
				mustAppend(t, j, firstRecord(t, fmt.Sprint(i), "image.knight"))
			}
			failing = true
			if err := j.Compact(func(Intent) bool { return false }); !errors.Is(err, syscall.EIO) {
				t.Errorf("got error %v", err)
			}
			failing = false
			mustAppend(t, j, Record{ID: "1", State: StateDone, Time: day})
			if d := cmp.Diff(j.Intents(), mustRead(t, path)); d != "" || len(j.Intents()) != 3 {
				t.Errorf("(-memory +disk):\n%s", d)
			}
			if names, err := filepath.Glob(path + "?*"); err != nil || len(names) > 0 {
				t.Errorf("left behind: %v", names)
			}
		})
	}
}

// appendEnv makes the test binary append to the journal it names until it is
// killed.
const appendEnv = "ASSETFORM_TEST_APPEND"

// TestAppendUntilKilled is the other process of TestJournalKill; alone it does
// nothing.
func TestAppendUntilKilled(t *testing.T) {
	path := os.Getenv(appendEnv)
	if path == "" {
		t.Skip("run by TestJournalKill")
	}
	j := openJournal(t, path, Options{})
	for worker := range 8 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), worker, i)
				if err := j.Append(t.Context(), firstRecord(t, id, "image.knight")); err != nil {
					fmt.Println("error", err)
					return
				}
				fmt.Println("durable", id)
				if i%50 == 49 && worker == 0 {
					if err := j.Compact(func(Intent) bool { return true }); err != nil {
						fmt.Println("error", err)
					}
				}
			}
		}()
	}
	select {} // until the parent kills it
}

// A process that is killed while it appends and compacts leaves a journal with
// every record that it called durable, and the next one goes on with it.
func TestJournalKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ".assetform", "journal")
	durable := map[string]bool{}
	for round := range 4 {
		child := exec.Command(os.Args[0], "-test.run=^TestAppendUntilKilled$")
		child.Env = append(os.Environ(), appendEnv+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			word, rest, _ := strings.Cut(lines.Text(), " ")
			if word != "durable" {
				t.Errorf("the child said %q", lines.Text())
				continue
			}
			durable[rest] = true
			if n == 100+77*round {
				child.Process.Kill()
			}
		}
		child.Wait()
		known := map[string]bool{}
		for _, in := range mustRead(t, path) {
			known[in.ID] = true
		}
		for id := range durable {
			if !known[id] {
				t.Fatalf("round %d: intent %s was durable and is gone", round, id)
			}
		}
	}
	if len(durable) < 400 {
		t.Errorf("only %d records were made", len(durable))
	}
}

// What could not be made durable was not sent: the next run does not take it
// for a request whose outcome nobody knows. What a server said stays.
func TestFailedFlushLeavesNoIntent(t *testing.T) {
	t.Parallel()
	broken := false
	path := filepath.Join(t.TempDir(), "journal")
	j := openJournal(t, path, Options{TestOnlyFault: func(op string) error {
		if op == "sync" && broken {
			return errors.New("no space left on device")
		}
		return nil
	}})
	mustAppend(t, j, firstRecord(t, "one", "image.knight"), firstRecord(t, "three", "image.bow"))
	j.Note(t.Context(), Record{ID: "one", State: StateSubmitted, TaskID: "42"})
	broken = true
	if err := j.Append(t.Context(), firstRecord(t, "two", "image.shield")); !errors.Is(err, ErrBroken) {
		t.Errorf("got %v", err)
	}
	if err := j.Append(t.Context(), Record{ID: "three", State: StateSubmitted, TaskID: "43"}); !errors.Is(err, ErrBroken) {
		t.Errorf("got %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	again := openJournal(t, path, Options{})
	if list := again.Intents(); len(list) != 2 || list[0].ID != "one" || list[0].TaskID != "42" || list[1].TaskID != "43" {
		t.Errorf("the next run finds %+v", list)
	}
}

// A long journal of which most records only go on with others is worth making
// shorter; what it says stays.
func TestRedundantJournal(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	j := openJournal(t, path, Options{})
	for i := range 300 {
		id := fmt.Sprint("id", i)
		if j.Note(t.Context(), firstRecord(t, id, "image.knight")) != nil ||
			j.Note(t.Context(), Record{ID: id, State: StateSubmitted, TaskID: id}) != nil ||
			j.Note(t.Context(), Record{ID: id, State: StateCompleted}) != nil {
			t.Fatal("not noted")
		}
		if j.Redundant() {
			t.Fatalf("a short journal of %d intents is redundant", i)
		}
	}
	for i := range 300 {
		mustAppend(t, j, Record{ID: fmt.Sprint("id", i), State: StateForgotten})
	}
	if !j.Redundant() {
		t.Error("1,200 records of 300 intents are not redundant")
	}
	before := j.Intents()
	if err := j.Compact(func(Intent) bool { return true }); err != nil {
		t.Fatal(err)
	}
	if j.Redundant() {
		t.Error("a compacted journal is redundant")
	}
	if d := cmp.Diff(before, mustRead(t, path)); d != "" {
		t.Errorf("after compacting (-before +after):\n%s", d)
	}
}

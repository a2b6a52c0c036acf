package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzJournal holds that no bytes make replay panic, that damage is always
// named with its line, and that what was accepted is understood again after it
// was written anew.
func FuzzJournal(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("testdata", "*.jsonl"))
	if err != nil || len(names) == 0 {
		f.Fatalf("the seed corpus is empty: %v", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := replay("journal", bytes.NewReader(b))
		if err != nil {
			if damage, ok := errors.AsType[*damageError](err); !ok || damage.Line < 1 {
				t.Fatalf("damage without a line: %v", err)
			}
			return
		}
		if r.size > int64(len(b)) {
			t.Fatalf("%d bytes are said to be whole of %d", r.size, len(b))
		}
		again := headerLine()
		for _, in := range r.list() {
			line, err := encodeRecord(in.Record, in.Created)
			if err != nil {
				return // an address that only an older parser would write
			}
			again = append(again, line...)
		}
		back, err := replay("journal", bytes.NewReader(again))
		if err != nil {
			t.Fatalf("written anew it is refused: %v\n%s", err, again)
		}
		if d := cmp.Diff(r.list(), back.list()); d != "" {
			t.Fatalf("written anew (-want +got):\n%s", d)
		}
	})
}

// BenchmarkJournalAppend has 64 goroutines that each wait for their records.
// The figure to look at besides the time is records per fsync.
func BenchmarkJournalAppend(b *testing.B) {
	for _, workers := range []int{1, 64} {
		b.Run(fmt.Sprintf("goroutines=%d", workers), func(b *testing.B) {
			syncs := 0
			path := filepath.Join(b.TempDir(), "journal")
			j := openJournal(b, path, Options{TestOnlyFault: func(op string) error {
				if op == "sync" {
					syncs++
				}
				return nil
			}})
			mustAppend(b, j, firstRecord(b, "one", "image.knight"))
			b.ReportAllocs()
			b.SetParallelism(workers / 2) // of GOMAXPROCS
			if workers == 1 {
				for b.Loop() {
					mustAppend(b, j, Record{ID: "one", State: StateSubmitted, TaskID: "42"})
				}
			} else {
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := j.Append(b.Context(), Record{ID: "one", State: StateSubmitted, TaskID: "42"}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			b.StopTimer()
			j.Close()
			r := replayFile(b, path)
			if r.records < b.N {
				b.Fatalf("%d records on disk after %d appends", r.records, b.N)
			}
			b.ReportMetric(float64(r.records)/float64(syncs), "records/fsync")
		})
	}
}

// BenchmarkJournalReplay reads 100,000 records of 25,000 intents.
func BenchmarkJournalReplay(b *testing.B) {
	path := filepath.Join(b.TempDir(), "journal")
	file := headerLine()
	for i := range 25_000 {
		id := fmt.Sprintf("intent-%d", i)
		for n, r := range []Record{
			firstRecord(b, id, fmt.Sprintf(`image.icon["%d"]`, i)),
			{ID: id, State: StateSubmitted, TaskID: fmt.Sprint(i)},
			{ID: id, State: StateCompleted},
			{ID: id, State: StateDone},
		} {
			r.Time = day.Add(time.Duration(n) * time.Second)
			line, err := encodeRecord(r, time.Time{})
			if err != nil {
				b.Fatal(err)
			}
			file = append(file, line...)
		}
	}
	if err := os.WriteFile(path, file, 0o666); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if r := replayFile(b, path); r.records != 100_000 || len(r.intents) != 25_000 {
			b.Fatalf("%d records of %d intents", r.records, len(r.intents))
		}
	}
}

func replayFile(b *testing.B, path string) *replayed {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	r, err := replay(path, f)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

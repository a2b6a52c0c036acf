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

// FuzzPlain holds that what is read without encoding/json is what that reads.
func FuzzPlain(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("testdata", "*.jsonl"))
	if err != nil || len(names) == 0 {
		f.Fatalf("the seed corpus is empty: %v", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for line := range bytes.Lines(b) {
			f.Add(line, line)
		}
	}
	for _, line := range plainLines {
		f.Add([]byte(line), []byte(plainLines[0]))
	}
	f.Fuzz(func(t *testing.T, before, line []byte) {
		var p plain
		p.read(before)
		got, ok := p.read(line)
		if !ok {
			return
		}
		want, err := readRecord(line)
		if err != nil {
			t.Fatalf("%q is no record: %v", line, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%q (-encoding/json +plain):\n%s", line, d)
		}
	})
}

// plainLines are records as they are written.
var plainLines = []string{
	`{"intent":"A","state":"done","time":"2026-11-29T15:04:32.185072199Z","created":"2026-11-29T15:04:17.2Z","address":"image.a[\"k\"]","cost":{"image_credits":1,"videos":2},"baseline":{"task":"7","row":"sha256:a0ad4f57a6cac6a92747b7bb29c04a547190128a017bffa1b9fabecf272281b9"}}` + "\n",
	`{"intent":"A","state":"submitted","time":"2026-11-29T15:04:32Z","origin":"http://127.0.0.1:42549","provider":"imaginator","method":"generate_image","kind":"image","model":"imagen3.5","inputs_hash":"v1:sha256:8f5701955757d0c84f92f78eb5440876ac1cb38d81402f1297fd734272c64337","requested":true,"cost":{"image_credits":1},"idempotency_key":"A","baseline":{"empty":true},"key_check":"63b93984cf5db73d","task_id":"2","confirmed":true,"content":"sha256:a0ad4f57a6cac6a92747b7bb29c04a547190128a017bffa1b9fabecf272281b9"}`,
	`{"intent":"A","state":"intent","time":"2026-11-29T15:04:32Z","cost":{},"baseline":{}}`,
	`{"intent":"A","state":"intent","time":"2026-11-29T15:04:32Z","inputs":{"prompt":"a {b \\"c\\" \\u00e9","references":["sha256:a0"],"x":{"sensitive":"sha256:a0ad4f57a6cac6a92747b7bb29c04a547190128a017bffa1b9fabecf272281b9"}}}`,
	`{"intent":"A","state":"intent","time":"2026-11-29T15:04:32Z","inputs":null,"cost":7}`,
	`{"intent":"A","state":"unknown","time":"2026-11-29T15:04:32+02:00","cost":{"a}":1}}`,
	`{"intent":"A","state":"unknown","state":"done","time":"2026-11-29T15:04:32Z"}`,
	`{"intent":"A","state":"done","time":"2026-11-29T15:04:32Z","cost":{"x":1}}`,
	"{\"intent\":\"\xff\",\"state\":\"done\",\"time\":\"2026-11-29T15:04:32Z\"}",
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

package store

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"
	"time"

	"assetform/lockfile"
)

// age makes a file look as if it was stored that long before now.
func age(t *testing.T, name string, now time.Time, old time.Duration) {
	t.Helper()
	if err := os.Chtimes(name, now.Add(-old), now.Add(-old)); err != nil {
		t.Fatal(err)
	}
}

func TestPrune(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	s := openStore(t)
	now := time.Now()
	results := map[string]lockfile.InputsHash{}
	blobs := map[string]lockfile.ContentHash{}
	add := func(name string, result, blob time.Duration) {
		h := put(t, s, name)
		blobs[name], results[name] = h, inputsHash(name)
		if err := s.PutResult(results[name], entry(h, len(name))); err != nil {
			t.Fatal(err)
		}
		age(t, resultPath(s, results[name]), now, result)
		age(t, blobPath(s, h), now, blob)
	}
	add("old", 40*day, 40*day)
	add("young", day, day)
	add("named by the lock", 40*day, 40*day)
	add("named by the journal", 40*day, 40*day)
	add("young record of an old blob", day, 40*day)
	blobs["blob alone"] = put(t, s, "blob alone")
	age(t, blobPath(s, blobs["blob alone"]), now, 40*day)
	results["damaged"] = inputsHash("damaged")
	damaged, err := s.newFile([]byte("{"))
	if err == nil {
		err = s.commit(place{damaged, s.results, resultName(results["damaged"])})
	}
	if err != nil {
		t.Fatal(err)
	}
	age(t, resultPath(s, results["damaged"]), now, 40*day)
	if p, err := s.Create(); err != nil { // a leftover of a killed process
		t.Fatal(err)
	} else {
		age(t, p.file.Name(), now, 2*day)
		defer p.file.Close()
	}
	writing, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	defer writing.Abort()
	stranger := s.results.Shown("README")
	if err := os.WriteFile(stranger, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	age(t, stranger, now, 40*day)

	listed := 0
	for item, err := range s.List(t.Context()) {
		if err != nil || item.Size == 0 || item.IsResult() && item.Entry == nil && item.Inputs != results["damaged"] {
			t.Errorf("listed %+v, error %v", item, err)
		}
		listed++
	}
	if want := len(results) + len(blobs); listed != want {
		t.Errorf("%d items are listed, want %d", listed, want)
	}

	options := PruneOptions{
		KeepBlobs:   map[lockfile.ContentHash]bool{blobs["named by the lock"]: true},
		KeepResults: map[lockfile.InputsHash]bool{results["named by the journal"]: true},
		OlderThan:   30 * day, Now: now, DryRun: true,
	}
	dry, err := s.Prune(t.Context(), options)
	if err != nil || !s.Has(blobs["old"]) || len(leftovers(t, s)) != 2 {
		t.Fatalf("a dry run removed something, error %v", err)
	}
	options.DryRun = false
	got, err := s.Prune(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Removed) != 4 || got.Leftovers != 1 || got.Kept != listed-4 || got.Bytes == 0 {
		t.Errorf("removed %d with %d bytes, %d leftovers, kept %d of %d", len(got.Removed), got.Bytes, got.Leftovers, got.Kept, listed)
	}
	if len(dry.Removed) != len(got.Removed) || dry.Bytes != got.Bytes || dry.Leftovers != got.Leftovers {
		t.Errorf("the dry run said %+v, then %+v was done", dry, got)
	}
	for name, h := range blobs {
		want := name != "old" && name != "blob alone"
		if s.Has(h) != want {
			t.Errorf("blob %q is there: %v, want %v", name, s.Has(h), want)
		}
		in, ok := results[name]
		if !ok {
			continue
		}
		if _, ok, err := s.Result(in); err != nil || ok != want {
			t.Errorf("result %q is there: %v, want %v, error %v", name, ok, want, err)
		}
	}
	if _, err := os.Stat(stranger); err != nil {
		t.Errorf("a stranger's file: %v", err)
	}
	if names := leftovers(t, s); len(names) != 1 || names[0] != writing.file.Name() {
		t.Errorf("temporary files are %v, want the one that is being written", names)
	}
}

// BenchmarkPending streams 10 MB into the store; what is allocated must not
// grow with that.
func BenchmarkPending(b *testing.B) {
	s := openStore(b)
	chunk := make([]byte, 32<<10)
	const chunks = 10 << 20 / (32 << 10)
	b.SetBytes(chunks * int64(len(chunk)))
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for b.Loop() {
		p, err := s.Create()
		if err != nil {
			b.Fatal(err)
		}
		n++
		copy(chunk, fmt.Sprint(n)) // other content each time
		for range chunks {
			if _, err := p.Write(chunk); err != nil {
				b.Fatal(err)
			}
		}
		h, size, err := p.Commit()
		if err != nil || size != chunks*int64(len(chunk)) || !s.Has(h) {
			b.Fatal(size, err)
		}
		os.Remove(blobPath(s, h))
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / uint64(n); each > 64<<10 {
		b.Errorf("%d bytes allocated for each 10 MB", each)
	}
}

// BenchmarkCopyTo checks and copies a blob of 10 MB.
func BenchmarkCopyTo(b *testing.B) {
	s := openStore(b)
	p, err := s.Create()
	if err != nil {
		b.Fatal(err)
	}
	p.Write(make([]byte, 10<<20))
	h, size, err := p.Commit()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if n, err := s.CopyTo(h, io.Discard); err != nil || n != size {
			b.Fatal(n, err)
		}
	}
}

package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assetform/lockfile"
	"assetform/lockfile/datadir"

	"github.com/google/go-cmp/cmp"
)

func openStore(t testing.TB) *Store {
	t.Helper()
	s, err := Open(datadir.Open(filepath.Join(t.TempDir(), ".assetform")))
	if err != nil {
		t.Fatal(err)
	}
	s.Warn = func(message string) { t.Errorf("warning: %s", message) }
	return s
}

// blobPath and resultPath are where a file of the store lies.
func blobPath(s *Store, h lockfile.ContentHash) string {
	dir, name := s.blob(h)
	return dir.Shown(name)
}

func resultPath(s *Store, h lockfile.InputsHash) string { return s.results.Shown(resultName(h)) }

func put(t testing.TB, s *Store, content string) lockfile.ContentHash {
	t.Helper()
	p, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(p, content); err != nil {
		t.Fatal(err)
	}
	h, n, err := p.Commit()
	if err != nil || n != int64(len(content)) || h != lockfile.HashBytes([]byte(content)) {
		t.Fatalf("committed %d bytes as %s: %v", n, h, err)
	}
	return h
}

func get(t testing.TB, s *Store, h lockfile.ContentHash) string {
	t.Helper()
	var b strings.Builder
	if n, err := s.CopyTo(h, &b); err != nil || n != int64(b.Len()) {
		t.Fatalf("copied %d bytes: %v", n, err)
	}
	return b.String()
}

func inputsHash(s string) lockfile.InputsHash {
	return lockfile.InputsHash(lockfile.HashBytes([]byte(s)))
}

// entry is a result as it is delivered.
func entry(h lockfile.ContentHash, size int) lockfile.Entry {
	return lockfile.Entry{
		Provider: "imaginator", Method: "generate_image", ContentHash: h, MediaType: "image/png",
		Bytes: int64(size), Width: 768, Height: 1344, Cost: lockfile.Cost{"image_credits": 2}, TaskID: "42",
		Marks:  map[string]string{"source_type": "trainedAlgorithmicMedia"},
		Frames: map[string][]int{"sword": {0, 2, 60, 64}, "bow": {0, 2, 60, 64, 1, 0, 62, 64}},
		Inputs: lockfile.Inputs{
			"prompt": lockfile.Text("A <knight> & \"friends\""), "seed": lockfile.Int(-7), "upscale": lockfile.Bool(false),
			"references": lockfile.Strings([]string{"sha256:x"}), "style": lockfile.Sensitive(lockfile.HashBytes([]byte("s"))),
		},
	}
}

// leftovers returns the files in the store's directory for temporary files.
func leftovers(t testing.TB, s *Store) []string {
	t.Helper()
	names, err := filepath.Glob(s.temp.Shown("*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestBlob(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	h := put(t, s, "content")
	want := filepath.Join(s.dir.Shown(""), "blobs", "sha256", h.String()[7:9], h.String()[7:])
	if blobPath(s, h) != want || !s.Has(h) || get(t, s, h) != "content" {
		t.Errorf("path %q, has %v; want %q", blobPath(s, h), s.Has(h), want)
	}
	put(t, s, "content") // again
	p, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(p, "a download that was cut")
	if err := p.Reset(); err != nil || p.Size() != 0 {
		t.Fatalf("size %d after reset, error %v", p.Size(), err)
	}
	io.WriteString(p, "whole")
	if h, n, err := p.Commit(); err != nil || n != 5 || get(t, s, h) != "whole" {
		t.Errorf("after reset: %d bytes, error %v", n, err)
	}
	if _, err := p.Write([]byte("x")); err == nil {
		t.Error("write after commit succeeded")
	}
	if p, err = s.Create(); err != nil {
		t.Fatal(err)
	}
	p.Abort()
	p.Abort()
	if _, _, err := p.Commit(); err == nil {
		t.Error("commit after abort succeeded")
	}
	if names := leftovers(t, s); len(names) > 0 {
		t.Errorf("left behind: %v", names)
	}
	var none lockfile.ContentHash
	if _, err := s.CopyTo(lockfile.HashBytes([]byte("x")), io.Discard); !errors.Is(err, fs.ErrNotExist) || s.Has(none) {
		t.Errorf("absent content: %v", err)
	}
}

// Commands that only read create nothing.
func TestReadingCreatesNothing(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s, err := Open(datadir.Open(data))
	if err != nil {
		t.Fatal(err)
	}
	h := lockfile.HashBytes([]byte("x"))
	if s.Has(h) {
		t.Error("an empty store has content")
	}
	if _, ok, err := s.Result(inputsHash("x")); ok || err != nil {
		t.Errorf("result %v, error %v", ok, err)
	}
	for item, err := range s.List(t.Context()) {
		t.Errorf("listed %+v, error %v", item, err)
	}
	if _, err := s.Prune(t.Context(), PruneOptions{Now: time.Now()}); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(data); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the data directory: %v", err)
	}
}

func TestAddFile(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	name := filepath.Join(t.TempDir(), "knight.png")
	if err := os.WriteFile(name, []byte("knight"), 0o444); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	io.ReadAll(f) // the position must not matter
	want := lockfile.HashBytes([]byte("knight"))
	if _, _, err := s.AddFile(f, lockfile.HashBytes([]byte("dragon"))); err == nil {
		t.Error("other content was accepted")
	} else if mismatch, ok := errors.AsType[*MismatchError](err); !ok || mismatch.Got != want {
		t.Errorf("got error %v", err)
	}
	if s.Has(want) {
		t.Error("other content was stored")
	}
	for _, wanted := range []lockfile.ContentHash{want, want, {}} {
		if h, n, err := s.AddFile(f, wanted); err != nil || h != want || n != 6 {
			t.Fatalf("added %d bytes as %s, error %v", n, h, err)
		}
	}
	info, err := os.Stat(blobPath(s, want))
	if err != nil {
		t.Fatal(err)
	}
	if original, err := f.Stat(); err != nil || os.SameFile(original, info) {
		t.Errorf("the blob is the file itself, error %v", err)
	}
	// A present blob of the wrong length is damaged and is replaced.
	if err := os.Chmod(blobPath(s, want), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(blobPath(s, want), []byte("kn"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.AddFile(f, want); err != nil || get(t, s, want) != "knight" {
		t.Errorf("a cut blob was kept, error %v", err)
	}
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if _, _, err := s.AddFile(dir, want); err == nil {
		t.Error("a directory was stored")
	}
	if names := leftovers(t, s); len(names) > 0 {
		t.Errorf("left behind: %v", names)
	}
}

// Damaged bytes never leave the store as good ones.
func TestDamagedBlob(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	h := put(t, s, "content")
	if err := os.WriteFile(blobPath(s, h), []byte("cOntent"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := s.CopyTo(h, io.Discard)
	damaged, ok := errors.AsType[*DamagedError](err)
	if !ok || damaged.Hash != h || !strings.Contains(err.Error(), h.String()) {
		t.Fatalf("got error %v", err)
	}
	if b, err := os.ReadFile(damaged.MovedTo); err != nil || string(b) != "cOntent" || s.Has(h) {
		t.Errorf("moved aside: %q, error %v; still there: %v", b, err, s.Has(h))
	}
	put(t, s, "content")
	if get(t, s, h) != "content" {
		t.Error("stored anew it is still damaged")
	}
}

func TestResult(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	in := inputsHash("knight")
	e := entry(put(t, s, "one"), 3)
	if err := s.PutResult(in, e); err != nil {
		t.Fatal(err)
	}
	want := e
	want.InputsHash = in
	got, ok, err := s.Result(in)
	if err != nil || !ok || cmp.Diff(want, got) != "" {
		t.Errorf("found %v, error %v (-want +got):\n%s", ok, err, cmp.Diff(want, got))
	}
	film := entry(put(t, s, "two"), 3)
	film.Cost, film.Duration, film.MediaType = lockfile.Cost{"videos": 1}, 4.5, "video/mp4"
	if err := s.PutResult(in, film); err != nil {
		t.Fatal(err)
	}
	if got, _, _ := s.Result(in); got.ContentHash != film.ContentHash || got.Duration != 4.5 || got.Cost["videos"] != 1 {
		t.Errorf("the newest result is %+v", got)
	}
	if err := os.Remove(blobPath(s, film.ContentHash)); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Result(in); ok || err != nil {
		t.Errorf("a result without its blob: %v, error %v", ok, err)
	}
	if err := s.PutResult(in, film); err == nil {
		t.Error("a result without its blob was recorded")
	}
	converted := e
	converted.SourceHash = lockfile.HashBytes([]byte("delivered elsewhere"))
	if err := s.PutResult(in, converted); err != nil {
		t.Error(err)
	}
	if got, ok, err := s.Result(in); !ok || err != nil || got.UpstreamHash() != converted.SourceHash || got.ContentHash != e.ContentHash {
		t.Errorf("a converted result: found %v, %+v, error %v", ok, got, err)
	}
	if strings.ContainsAny(filepath.Base(resultPath(s, in)), `:*?"<>|`) {
		t.Errorf("%q is no name on Windows", resultPath(s, in))
	}
}

// A record that cannot be understood counts as absent, with a warning.
func TestDamagedResult(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	in := inputsHash("knight")
	if err := s.PutResult(in, entry(put(t, s, "one"), 3)); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(resultPath(s, in))
	if err != nil {
		t.Fatal(err)
	}
	replace := func(old, new string) []byte { return bytes.Replace(whole, []byte(old), []byte(new), 1) }
	for name, b := range map[string][]byte{
		"empty":          {},
		"something more": append(bytes.Clone(whole), '}'),
		"cut":            whole[:100],
		"not JSON":       []byte("<html>"),
		"version":        replace(`"version": 1`, `"version": 2`),
		"other inputs":   replace(in.String(), inputsHash("other").String()),
		"bad hash":       replace(`"content_hash": "sha256:`, `"content_hash": "sha512:`),
		"no content":     replace(`"content_hash"`, `"content"`),
		"negative":       replace(`"image_credits": 2`, `"image_credits": -2`),
		"far too dear":   replace(`"image_credits": 2`, `"image_credits": 3000000000`),
		"no unit":        replace(`"image_credits": 2`, `"::error::": 2`),
		"fraction":       replace(`-7`, `-7.50`),
		"null input":     replace(`-7`, `null`),
		"nested input":   replace(`-7`, `{"a": 1}`),
		"wrong length":   replace(`"bytes": 3`, `"bytes": 4`),
		"far too long":   append(bytes.Clone(whole), bytes.Repeat([]byte(" "), maxRecordBytes)...),
		"a boolean list": replace(`"sha256:x"`, `true`),
		"cut frame":      regexp.MustCompile(`"sword": \[\s*0,`).ReplaceAll(whole, []byte(`"sword": [`)),
		"flat frame":     replace(`64`, `0`),
		"nameless frame": replace(`"sword"`, `""`),
		"inputs no JSON": replace(`"inputs": {`, `"inputs": [`),
	} {
		if bytes.Equal(b, whole) {
			t.Errorf("%s: the case changes nothing", name)
		}
		if err := os.WriteFile(resultPath(s, in), b, 0o644); err != nil {
			t.Fatal(err)
		}
		var warnings []string
		s.Warn = func(m string) { warnings = append(warnings, m) }
		if e, ok, err := s.Result(in); ok || err != nil || len(warnings) != 1 {
			t.Errorf("%s: found %v %+v, error %v, warnings %q", name, ok, e, err, warnings)
		}
	}
	s.Warn = nil
	if _, ok, err := s.Result(in); ok || err != nil {
		t.Errorf("without a listener: %v, error %v", ok, err)
	}
}

func TestConcurrentWriters(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	other, err := Open(datadir.Open(filepath.Dir(s.dir.Shown("")))) // as another process has it
	if err != nil {
		t.Fatal(err)
	}
	content := strings.Repeat("content", 1000)
	in := inputsHash("x")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			s := []*Store{s, other}[i%2]
			h := put(t, s, content)
			if err := s.PutResult(in, entry(h, len(content))); err != nil {
				t.Error(err)
			}
			if e, ok, err := s.Result(in); !ok || err != nil || get(t, s, e.ContentHash) != content {
				t.Errorf("result %v, error %v", ok, err)
			}
		})
	}
	group.Wait()
	if names := leftovers(t, s); len(names) > 0 {
		t.Errorf("left behind: %v", names)
	}
}

// Whichever step fails, no name appears for bytes that are not durable, and
// what was stored before still is.
func TestFailingDisk(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"write", "sync", "rename"} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			s := openStore(t)
			in := inputsHash("x")
			old := put(t, s, "old")
			if err := s.PutResult(in, entry(old, 3)); err != nil {
				t.Fatal(err)
			}
			broken := errors.New("the disk is broken")
			s.testOnlyFault = func(failing, _ string) error {
				if failing == op {
					return broken
				}
				return nil
			}
			p, err := s.Create()
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.WriteString(p, "new")
			if err == nil {
				_, _, err = p.Commit()
			}
			p.Abort()
			if !errors.Is(err, broken) || s.Has(lockfile.HashBytes([]byte("new"))) {
				t.Errorf("a blob: error %v", err)
			}
			if err := s.PutResult(in, entry(old, 3)); !errors.Is(err, broken) {
				t.Errorf("a record: error %v", err)
			}
			s.testOnlyFault = nil
			if e, ok, err := s.Result(in); !ok || err != nil || e.ContentHash != old {
				t.Errorf("the old record: %v, error %v", ok, err)
			}
			if names := leftovers(t, s); len(names) > 0 {
				t.Errorf("left behind: %v", names)
			}
		})
	}
}

// A result's bytes and its record become durable before either has its name,
// and the record gets its name last: whichever step fails, or is the last one
// before the power does, no record stands for bytes that are not whole.
func TestCommitResultStepByStep(t *testing.T) {
	t.Parallel()
	commit := func(s *Store, in lockfile.InputsHash) error {
		p, err := s.Create()
		if err != nil {
			return err
		}
		defer p.Abort()
		if _, err := io.WriteString(p, "new"); err != nil {
			return err
		}
		return p.CommitResult(in, entry(p.Sum(), 3))
	}
	var steps []string
	s := openStore(t)
	s.testOnlyFault = func(op, path string) error {
		if op != "write" {
			steps = append(steps, op+" "+filepath.Base(filepath.Dir(path)))
		}
		return nil
	}
	in, content := inputsHash("x"), lockfile.HashBytes([]byte("new"))
	if err := commit(s, in); err != nil {
		t.Fatal(err)
	}
	if e, ok, err := s.Result(in); !ok || err != nil || e.ContentHash != content || get(t, s, content) != "new" {
		t.Errorf("got %v, %v, error %v", e, ok, err)
	}
	want := []string{"sync tmp", "sync tmp", "rename " + content.String()[len("sha256:"):][:2], "rename results"}
	if !slices.Equal(steps, want) {
		t.Fatalf("got steps %v, want %v", steps, want)
	}
	for failing := range want {
		s := openStore(t)
		n, broken := 0, errors.New("the disk is broken")
		s.testOnlyFault = func(op, _ string) error {
			if op == "write" {
				return nil
			}
			if n++; n-1 == failing {
				return broken
			}
			return nil
		}
		if err := commit(s, in); !errors.Is(err, broken) {
			t.Errorf("%s: error %v", want[failing], err)
		}
		if _, ok, err := s.Result(in); ok || err != nil {
			t.Errorf("%s: there is a record, error %v", want[failing], err)
		}
		if failing < 3 && s.Has(content) {
			t.Errorf("%s: there is a blob", want[failing])
		}
		if names := leftovers(t, s); len(names) > 0 {
			t.Errorf("%s: left behind: %v", want[failing], names)
		}
	}
}

func TestListStopsWithContext(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	put(t, s, "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var last error
	for _, err := range s.List(ctx) {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("got error %v", last)
	}
}

package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"assetform/lockfile"

	"github.com/google/go-cmp/cmp"
)

// adoptedEntry is a person's file as the lock has it.
func adoptedEntry(h lockfile.ContentHash, size int, in lockfile.InputsHash) lockfile.Entry {
	e := entry(h, size)
	e.InputsHash, e.Cost, e.TaskID, e.Adopted = in, nil, "", true
	return e
}

// A person's file is the result of one asset; what was generated from the same
// inputs stays everybody's.
func TestAdopted(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	in := inputsHash("knight")
	made, drawn := entry(put(t, s, "generated"), 9), adoptedEntry(put(t, s, "drawn"), 5, in)
	if err := s.PutResult(in, made); err != nil {
		t.Fatal(err)
	}
	if err := s.PutResult(in, drawn); err == nil {
		t.Error("a person's file was taken for a generated result")
	}
	if err := s.PutAdopted(`image.icon["a/../b"]`, drawn); err != nil {
		t.Fatal(err)
	}
	got, ok, err := s.Adopted(`image.icon["a/../b"]`, in)
	if diff := cmp.Diff(drawn, got); err != nil || !ok || diff != "" {
		t.Errorf("found %v, error %v (-want +got):\n%s", ok, err, diff)
	}
	if e, ok, err := s.Adopted("image.icon", in); ok || err != nil {
		t.Errorf("another asset: found %v, error %v", e, err)
	}
	if e, ok, err := s.Adopted(`image.icon["a/../b"]`, inputsHash("other")); ok || err != nil {
		t.Errorf("other inputs: found %v, error %v", e, err)
	}
	if e, ok, err := s.Result(in); err != nil || !ok || e.ContentHash != made.ContentHash || e.Adopted {
		t.Errorf("the generated result is %+v, found %v, error %v", e, ok, err)
	}
	if !s.HandMade(drawn.ContentHash) || s.HandMade(made.ContentHash) {
		t.Error("it is not known who made what")
	}
	if err := s.DropAdopted(`image.icon["a/../b"]`, in); err != nil {
		t.Fatal(err)
	}
	if err := s.DropAdopted(`image.icon["a/../b"]`, in); err != nil {
		t.Errorf("dropped again: %v", err)
	}
	if _, ok, _ := s.Adopted(`image.icon["a/../b"]`, in); ok || !s.HandMade(drawn.ContentHash) || get(t, s, drawn.ContentHash) != "drawn" {
		t.Error("the record is there still, or the content is not a person's any more")
	}
	if err := errors.Join(s.SetHandMade(drawn.ContentHash, false), s.SetHandMade(drawn.ContentHash, false)); err != nil || s.HandMade(drawn.ContentHash) {
		t.Errorf("released: %v", err)
	}
	if err := s.PutAdopted("image.a", adoptedEntry(lockfile.HashBytes([]byte("nowhere")), 7, in)); err == nil {
		t.Error("a file that the store does not hold was recorded")
	}
}

// A record of one asset under another's name restores nothing.
func TestAdoptedOfAnotherAsset(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	in := inputsHash("knight")
	if err := s.PutAdopted("image.a", adoptedEntry(put(t, s, "drawn"), 5, in)); err != nil {
		t.Fatal(err)
	}
	record, err := os.ReadFile(s.adopted.Shown(adoptedName("image.a", in)))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{s.adopted.Shown(adoptedName("image.b", in)), resultPath(s, in)} {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, record, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	warnings := 0
	s.Warn = func(string) { warnings++ }
	if e, ok, err := s.Adopted("image.b", in); ok || err != nil {
		t.Errorf("image.b got %+v, error %v", e, err)
	}
	if e, ok, err := s.Result(in); ok || err != nil || warnings != 2 {
		t.Errorf("everybody got %+v, error %v, after %d warnings", e, err, warnings)
	}
}

func TestListAndPruneAdopted(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	in, other := inputsHash("knight"), inputsHash("other")
	kept, gone := adoptedEntry(put(t, s, "drawn"), 5, in), adoptedEntry(put(t, s, "sketch"), 6, other)
	for address, e := range map[string]lockfile.Entry{"image.a": kept, "image.b": gone} {
		if err := s.PutAdopted(address, e); err != nil {
			t.Fatal(err)
		}
	}
	records := 0
	for item, err := range s.List(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if item.IsResult() {
			records++
			if item.Entry == nil || !item.Entry.Adopted {
				t.Errorf("the record reads %+v", item.Entry)
			}
		}
	}
	if records != 2 {
		t.Errorf("%d records are listed", records)
	}
	pruned, err := s.Prune(context.Background(), PruneOptions{
		KeepResults: map[lockfile.InputsHash]bool{in: true}, Now: time.Now().Add(time.Hour),
	})
	if err != nil || len(pruned.Removed) != 2 || pruned.Kept != 2 {
		t.Fatalf("removed %v, kept %d, error %v", pruned.Removed, pruned.Kept, err)
	}
	if _, ok, _ := s.Adopted("image.a", in); !ok || !s.HandMade(kept.ContentHash) {
		t.Error("what the lock names has gone")
	}
	if _, ok, _ := s.Adopted("image.b", other); ok || s.HandMade(gone.ContentHash) || s.Has(gone.ContentHash) {
		t.Error("what nothing names is there still")
	}
}

// Records of earlier releases have the cost in another form.
func TestResultOfAnEarlierRelease(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	in := inputsHash("knight")
	e := entry(put(t, s, "one"), 3)
	if err := s.PutResult(in, e); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(resultPath(s, in))
	if err != nil {
		t.Fatal(err)
	}
	now := []byte("\"cost\": {\n    \"image_credits\": 2\n  }")
	if !bytes.Contains(b, now) {
		t.Fatalf("the record has no cost:\n%s", b)
	}
	for old, want := range map[string]lockfile.Cost{`"credits": 2`: {"image_credits": 2}, `"videos": 1`: {"videos": 1}, `"width": 768`: nil} {
		if err := os.WriteFile(resultPath(s, in), bytes.Replace(b, now, []byte(old), 1), 0o644); err != nil {
			t.Fatal(err)
		}
		got, ok, err := s.Result(in)
		if diff := cmp.Diff(want, got.Cost); !ok || err != nil || diff != "" {
			t.Errorf("%s: found %v, error %v (-want +got):\n%s", old, ok, err, diff)
		}
	}
}

// A copy of a person's file is ours at the path where it was written, and
// nowhere else; a note goes with its content.
func TestWritten(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	h := lockfile.HashBytes([]byte("copy"))
	for range 2 { // the second time it is stored already
		p, err := s.Create()
		if err != nil {
			t.Fatal(err)
		}
		p.Disclaim()
		fmt.Fprint(p, "copy")
		if got, _, err := p.Commit(); err != nil || got != h || !s.HandMade(h) {
			t.Errorf("what was disclaimed before it was stored is taken for ours, error %v", err)
		}
	}
	ours := put(t, s, "ours")
	p, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	p.Disclaim()
	fmt.Fprint(p, "ours")
	if _, _, err := p.Commit(); err != nil || s.HandMade(ours) {
		t.Errorf("what the store had is disclaimed, error %v", err)
	}
	for _, note := range []string{"o/c.png", "o/d.png"} {
		if err := s.NoteWritten("web", note, h); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.ForgetWritten("web", "o/d.png", h); err != nil {
		t.Fatal(err)
	}
	if !s.Wrote("web", "o/c.png", h) || s.Wrote("web", "o/d.png", h) || s.Wrote("", "o/c.png", h) || s.Wrote("web", "o/c.png", ours) {
		t.Error("it is not known what was written where")
	}
	if _, err := s.Prune(context.Background(), PruneOptions{KeepBlobs: map[lockfile.ContentHash]bool{h: true}, Now: time.Now().Add(time.Hour)}); err != nil || !s.Wrote("web", "o/c.png", h) {
		t.Errorf("a note about content that stays is gone, error %v", err)
	}
	if _, err := s.Prune(context.Background(), PruneOptions{Now: time.Now().Add(time.Hour)}); err != nil || s.Wrote("web", "o/c.png", h) {
		t.Errorf("a note about content that is gone stays, error %v", err)
	}
}

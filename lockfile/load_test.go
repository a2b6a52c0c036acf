package lockfile

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLoadAndSave(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), Filename)
	l, raw, err := Load(path, ".")
	if err != nil || raw != nil || len(l.Assets) != 0 || l.Assets == nil {
		t.Fatalf("absent: got %v, raw %v, error %v", l, raw, err)
	}
	if got := Digest(raw); got != Absent {
		t.Errorf("digest of no file is %q", got)
	}
	want, err := Parse("x", ".", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	if err := Save(path, want); err != nil {
		t.Fatal(err)
	}
	l, raw, err = Load(path, ".")
	if err != nil || string(raw) != sample || !l.Equal(want) {
		t.Fatalf("got %v, raw %s, error %v", l, raw, err)
	}
	if got := Digest(raw); got != HashBytes([]byte(sample)).String() {
		t.Errorf("digest is %q", got)
	}
}

func TestSaveLeavesAnEqualFileAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), Filename)
	if err := Save(path, New()); err != nil {
		t.Fatal(err)
	}
	old := time.Unix(1_000_000_000, 0)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	if err := Save(path, New()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("the file was written again: %v, %v", info, err)
	}
}

func TestLoadDamaged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), Filename)
	if err := os.WriteFile(path, []byte{}, 0o600); err != nil {
		t.Fatal(err)
	}
	l, raw, err := Load(path, ".")
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || l != nil || raw == nil {
		t.Fatalf("got %v, raw %v, error %v; want a *SyntaxError and the raw text", l, raw, err)
	}
	if !strings.HasSuffix(syntax.Filename, "/"+Filename) || syntax.Line != 1 || syntax.Column != 1 {
		t.Errorf("the error stands at %s:%d:%d", syntax.Filename, syntax.Line, syntax.Column)
	}
	if _, _, err := Load(filepath.Dir(path), "."); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a directory: got error %v", err)
	}
}

// What could not be read again is not written, and the old file stays.
func TestSaveRefusesWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	good, err := Parse("x", ".", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	change := map[string]func(e *Entry){
		"no inputs hash":     func(e *Entry) { e.InputsHash = InputsHash{} },
		"no content hash":    func(e *Entry) { e.ContentHash = ContentHash{} },
		"absolute output":    func(e *Entry) { e.Output = "/etc/passwd" },
		"no method":          func(e *Entry) { e.Method = "" },
		"negative cost":      func(e *Entry) { e.Cost = Cost{"image_credits": -1} },
		"unit without name":  func(e *Entry) { e.Cost = Cost{"": 1} },
		"too many to choose": func(e *Entry) { e.Candidates = make([]Candidate, maxCandidates+1) },
		"pick of nothing":    func(e *Entry) { e.Picked = 1 },
		"frame of 3 numbers": func(e *Entry) { e.Frames = map[string][]int{"a": {1, 2, 3}} },
		"endless duration":   func(e *Entry) { e.Duration = math.Inf(1) },
		"no number":          func(e *Entry) { e.Duration = math.NaN() },
		"text not UTF-8":     func(e *Entry) { e.Inputs = Inputs{"prompt": Text("\xff")} },
		"unknown protection": func(e *Entry) { e.Protect = []string{"delete"} },
	}
	for name, change := range change {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), Filename)
			if err := Save(path, good); err != nil {
				t.Fatal(err)
			}
			bad := good.Clone()
			e := bad.Assets["image.knight"].Clone()
			change(&e)
			if !bad.Put("image.knight", e) {
				t.Fatal("nothing was changed")
			}
			if err := Save(path, bad); err == nil || !strings.Contains(err.Error(), "refused") {
				t.Errorf("got error %v, want a refusal", err)
			}
			if b, err := os.ReadFile(path); err != nil || string(b) != sample {
				t.Errorf("the file became %s, error %v", b, err)
			}
		})
	}
}

package reportdir

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Names that reports have.
const (
	oldPage = "asset/image-old-0badcafe.html"
	newPage = "asset/image-new-0badcafe.html"
	picture = "media/00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff.png"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// makeReport writes files into a report's directory; without finish it was
// interrupted.
func makeReport(t *testing.T, dir string, finish bool, names ...string) {
	t.Helper()
	d, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, name := range names {
		if err := d.Write(name, text(name)); err != nil {
			t.Fatal(err)
		}
	}
	if finish {
		if err := d.Finish(); err != nil {
			t.Fatal(err)
		}
	}
}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, name)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestReportDirReplacesItsOwnFilesOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	makeReport(t, dir, true, "index.html", oldPage, picture)
	mine := filepath.Join(dir, "asset", "mine.txt")
	if err := os.WriteFile(mine, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	makeReport(t, dir, true, "index.html", newPage)
	if got, want := filesIn(t, dir), []string{".assetform-report", newPage, "asset/mine.txt", "index.html"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "media")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty directory was left: %v", err)
	}
}

func TestReportDirAfterAnInterruption(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	makeReport(t, dir, false, "index.html", picture)
	makeReport(t, dir, true, "index.html")
	d, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Has(picture) || !d.Has("index.html") {
		t.Error("only what a whole report lists counts as written")
	}
	if err := d.Write(newPage, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return errors.New("no more")
	}); err == nil {
		t.Error("an error while writing was lost")
	}
	if slices.Contains(filesIn(t, dir), newPage) {
		t.Error("half a file was left")
	}
}

func TestReportDirRefusesForeignFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if d, err := open(dir); err == nil {
		d.Close()
		t.Error("a directory with other files was taken for a report")
	}
	if got := filesIn(t, dir); !slices.Equal(got, []string{"thesis.txt"}) {
		t.Errorf("the directory was changed: %q", got)
	}
}

// TestReportDirStaysInside has a list of files that leads out: it must not
// make anything be removed there.
func TestReportDirStaysInside(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	outside, dir := filepath.Join(base, "outside.txt"), filepath.Join(base, "report")
	if err := os.WriteFile(outside, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, listName), []byte("\"../outside.txt\"\n\"/etc/passwd\"\nno quotes\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	makeReport(t, dir, true, "index.html")
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
}

// TestReportDirKeepsWhatIsWhole has what an earlier report wrote and what
// became of it: only what stands as it was written is taken again, and a
// content only under the name of its own hash.
func TestReportDirKeepsWhatIsWhole(t *testing.T) {
	t.Parallel()
	const thumb = "thumb/00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff-2.jpg"
	sum := sha256.Sum256([]byte("pixels"))
	content := "media/" + hex.EncodeToString(sum[:]) + ".png"
	for name, damage := range map[string]func(file string) error{
		"whole":   func(string) error { return nil },
		"torn":    func(file string) error { return os.Truncate(file, 3) },
		"altered": func(file string) error { return os.WriteFile(file, []byte("pixelz"), 0o666) },
		"gone":    os.Remove,
		"a link":  func(file string) error { return errors.Join(os.Rename(file, file+"x"), os.Symlink(file+"x", file)) },
	} {
		dir := t.TempDir()
		d, err := open(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{thumb, content, picture} { // of which the last one is of another hash
			if err := d.Write(file, text("pixels")); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Finish(); err != nil {
			t.Fatal(err)
		}
		d.Close()
		for _, file := range []string{thumb, content} {
			if err := damage(filepath.Join(dir, file)); err != nil {
				t.Fatal(err)
			}
		}
		if d, err = open(dir); err != nil {
			t.Fatal(err)
		}
		want := name == "whole"
		b, ok := d.Read(content)
		if d.Has(thumb) != want || ok != want || ok && string(b) != "pixels" {
			t.Errorf("%s: the thumbnail is kept: %v; the content: %v, %q", name, d.Has(thumb), ok, b)
		}
		if d.Has(picture) {
			t.Errorf("%s: a content was kept under the name of another", name)
		}
		d.Close()
	}
}

// TestReportDirLeavesWhatIsTheSame writes the same page twice: the second time
// nothing is replaced.
func TestReportDirLeavesWhatIsTheSame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stat := func() os.FileInfo {
		info, err := os.Stat(filepath.Join(dir, newPage))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	makeReport(t, dir, true, newPage, oldPage)
	first := stat()
	makeReport(t, dir, true, newPage)
	if !os.SameFile(first, stat()) {
		t.Error("a page was replaced by itself")
	}
	if got, want := filesIn(t, dir), []string{".assetform-report", newPage}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

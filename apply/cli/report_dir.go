package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"assetform/lockfile/atomicfile"
)

// reportManifest lists, in a report's directory, the files that the report
// consists of, a quoted name each line. What it does not name is never
// touched.
const reportManifest = ".assetform-report"

// reportDir is the directory that a report is written to. It is new, empty,
// or holds an earlier report.
type reportDir struct {
	root *os.Root
	old  map[string]bool // files of the earlier report

	mu      sync.Mutex
	written map[string]bool
}

func openReportDir(dir string) (*reportDir, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	d := &reportDir{root: root, old: map[string]bool{}, written: map[string]bool{}}
	if err = d.readManifest(dir); err == nil {
		err = d.begin()
	}
	if err != nil {
		root.Close()
		return nil, err
	}
	return d, nil
}

// begin marks a new directory as a report's, so that one that was interrupted
// can be made again, and removes what an interrupted one left half written.
func (d *reportDir) begin() error {
	if !d.old[reportManifest] {
		return d.Write(reportManifest, func(io.Writer) error { return nil })
	}
	dirs := map[string]bool{".": true}
	for name := range d.old {
		dirs[path.Dir(name)] = true
	}
	for dir := range dirs {
		if err := atomicfile.RemoveLeftovers(d.root, dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (d *reportDir) readManifest(dir string) error {
	b, err := d.root.ReadFile(reportManifest)
	if errors.Is(err, fs.ErrNotExist) {
		list, err := os.ReadDir(dir)
		if err == nil && len(list) > 0 {
			err = fmt.Errorf("directory %q holds files that no report wrote, such as %q; name another with --out", dir, list[0].Name())
		}
		return err
	}
	if err != nil {
		return err
	}
	d.old[reportManifest] = true
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		if name, err := strconv.Unquote(lines.Text()); err == nil && filepath.IsLocal(filepath.FromSlash(name)) {
			d.old[name] = true
		}
	}
	return nil
}

func (d *reportDir) close() { d.root.Close() }

// Has tells whether an earlier report wrote the file and it stands.
func (d *reportDir) Has(name string) bool {
	if !d.old[name] {
		return false
	}
	info, err := d.root.Lstat(filepath.FromSlash(name))
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	d.note(name)
	return true
}

func (d *reportDir) note(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.written[name] = true
}

// Write makes a file.
func (d *reportDir) Write(name string, write func(io.Writer) error) error {
	f, err := atomicfile.CreateIn(d.root, name)
	if err != nil {
		return err
	}
	defer f.Abort()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Commit(nil); err != nil {
		return err
	}
	d.note(name)
	return nil
}

// finish removes what the earlier report had and this one has not, and writes
// the list of files.
func (d *reportDir) finish() error {
	var list bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(d.written)) {
		if name == reportManifest {
			continue
		}
		list.WriteString(strconv.Quote(name) + "\n")
	}
	for name := range d.old {
		if d.written[name] || name == reportManifest {
			continue
		}
		if err := d.root.Remove(filepath.FromSlash(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		_ = d.root.Remove(filepath.FromSlash(path.Dir(name))) // only if that was its last file
	}
	return d.Write(reportManifest, func(w io.Writer) error {
		_, err := w.Write(list.Bytes())
		return err
	})
}

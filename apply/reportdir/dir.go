package reportdir

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"assetform/lockfile"
	"assetform/lockfile/atomicfile"
	"assetform/plan/render/report"
)

// listName lists, in a report's directory, the files that the report
// consists of, each with its hash and size. Only a file of a name that reports
// have, whose content is still the one that is listed, is replaced or removed:
// whoever forges the list gets nothing else.
//
// While a report is written, partName lists what was written so far, so that
// one that was interrupted can be made again.
const (
	listName = ".assetform-report"
	partName = ".assetform-report.part"
)

// maxManifest bounds the list: half a million files.
const maxManifest = 64 << 20

// fileRecord is a line of the list.
type fileRecord struct {
	hash lockfile.ContentHash
	size int64
}

// Dir is the directory that a report is written to. It is new, empty,
// or holds an earlier report.
type Dir struct {
	root *os.Root
	old  map[string][]fileRecord // what earlier reports wrote
	part *os.File

	mu      sync.Mutex
	subs    map[string]*os.Root // directories below root, by name
	written map[string]fileRecord
}

// Open opens the directory of a report, or makes it, where it may stand.
func Open(ctx context.Context, p Place) (*Dir, error) {
	dir, err := p.find(ctx)
	if err != nil {
		return nil, err
	}
	return open(dir)
}

// open opens a directory, or makes it. What stands at the path is no link.
func open(dir string) (*Dir, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	d := &Dir{root: root, old: map[string][]fileRecord{}, subs: map[string]*os.Root{".": root}, written: map[string]fileRecord{}}
	if err = sameDir(root, info); err == nil {
		err = d.begin(dir)
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// sameDir tells that what was opened is the directory that was looked at.
func sameDir(opened *os.Root, seen fs.FileInfo) error {
	now, err := opened.Stat(".")
	if err == nil && (!seen.IsDir() || !os.SameFile(now, seen)) {
		err = fmt.Errorf("%q is a link, or no directory", opened.Name())
	}
	return err
}

// begin marks the directory as a report's, reads what earlier reports wrote,
// and removes what an interrupted one left half written.
func (d *Dir) begin(dir string) error {
	listed, err := d.readList(listName)
	if err != nil {
		return err
	}
	if !listed {
		list, err := os.ReadDir(dir)
		if err == nil && len(list) > 0 {
			err = fmt.Errorf("directory %q holds files that no report wrote, such as %q; name another with --out", dir, list[0].Name())
		}
		if err != nil {
			return err
		}
	}
	if _, err := d.readList(partName); err != nil {
		return err
	}
	if err := d.writeList(d.old); err != nil {
		return err
	}
	for _, name := range []string{".", "asset", "media", "static", "thumb"} {
		if sub, err := d.sub(name, false); err != nil {
			return err
		} else if sub != nil {
			if err := atomicfile.RemoveLeftovers(sub, ".", func(string) bool { return false }); err != nil {
				return err
			}
		}
	}
	if err := d.root.Remove(partName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	d.part, err = d.root.OpenFile(partName, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	return err
}

// readList reads a list of files; lines that no report writes are passed over.
// It reports false if there is no list.
func (d *Dir) readList(name string) (bool, error) {
	info, err := d.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !info.Mode().IsRegular() || info.Size() > maxManifest:
		return false, fmt.Errorf("%q in %q is not what a report writes; remove it, or name another directory with --out", name, d.root.Name())
	}
	b, err := d.root.ReadFile(name)
	if err != nil {
		return false, err
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	for lines.Scan() {
		var hash, file string
		var size int64
		if n, err := fmt.Sscanf(lines.Text(), "%s %d %s", &hash, &size, &file); n != 3 || err != nil || !report.IsName(file) {
			continue
		}
		if h, err := lockfile.ParseContentHash(hash); err == nil {
			d.old[file] = append(d.old[file], fileRecord{h, size})
		}
	}
	return true, nil // a line that is too long ends the list
}

func (r fileRecord) line(name string) string { return fmt.Sprintf("%s %d %s\n", r.hash, r.size, name) }

// writeList replaces the list of files.
func (d *Dir) writeList(files map[string][]fileRecord) error {
	f, err := atomicfile.CreateIn(d.root, listName, nil)
	if err != nil {
		return err
	}
	defer f.Abort()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for _, r := range files[name] {
			if _, err := io.WriteString(f, r.line(name)); err != nil {
				return err
			}
		}
	}
	return f.Commit(nil)
}

// Close closes the directory. A report that was not finished stays listed as
// one that was interrupted.
func (d *Dir) Close() {
	if d.part != nil {
		d.part.Close()
	}
	for _, sub := range d.subs {
		sub.Close()
	}
}

// sub opens a directory of the report, which is no link. One that is not there
// is made if that is wanted, else it is nil.
func (d *Dir) sub(name string, wanted bool) (*os.Root, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if sub := d.subs[name]; sub != nil {
		return sub, nil
	}
	info, err := d.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		if !wanted {
			return nil, nil
		}
		if err := d.root.Mkdir(name, 0o777); err != nil {
			return nil, err
		}
		info, err = d.root.Lstat(name)
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%q in %q is a link, or no directory; remove it, or name another directory with --out", name, d.root.Name())
	}
	sub, err := d.root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	if err := sameDir(sub, info); err != nil {
		sub.Close()
		return nil, err
	}
	d.subs[name] = sub
	return sub, nil
}

// Has tells whether an earlier report wrote the file and it stands as it was
// written.
func (d *Dir) Has(name string) bool { return d.keep(name, io.Discard) }

// Read returns a file for which Has is true.
func (d *Dir) Read(name string) ([]byte, bool) {
	var b bytes.Buffer
	for _, r := range d.old[name] {
		b.Grow(int(min(r.size, 64<<20)))
	}
	ok := d.keep(name, &b)
	return b.Bytes(), ok
}

// keep makes a file of an earlier report one of this report, and copies it. A
// content that is not the one that it is named for is not kept: it was changed
// while it was copied.
func (d *Dir) keep(name string, to io.Writer) bool {
	if len(d.old[name]) == 0 {
		return false
	}
	sub, err := d.sub(path.Dir(name), false)
	if sub == nil || err != nil {
		return false
	}
	r, ok := d.standing(sub, name, to)
	if ok = ok && (path.Dir(name) != "media" || strings.HasPrefix(path.Base(name), hex.EncodeToString(r.hash[:]))); ok {
		d.note(name, r)
	}
	return ok
}

// standing returns the record that fits the file that stands at a name, if an
// earlier report wrote it, and copies what it reads.
func (d *Dir) standing(sub *os.Root, name string, to io.Writer) (fileRecord, bool) {
	records := d.old[name]
	info, err := sub.Lstat(path.Base(name))
	if err != nil || !info.Mode().IsRegular() || !slices.ContainsFunc(records, func(r fileRecord) bool { return r.size == info.Size() }) {
		return fileRecord{}, false
	}
	f, err := sub.Open(path.Base(name))
	if err != nil {
		return fileRecord{}, false
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(sum, to), io.LimitReader(f, info.Size()+1))
	r := fileRecord{lockfile.ContentHash(sum.Sum(nil)), n}
	return r, err == nil && slices.Contains(records, r)
}

func (d *Dir) note(name string, r fileRecord) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.written[name] = r
}

// Write makes a file, or replaces the one that an earlier report made.
func (d *Dir) Write(name string, write func(io.Writer) error) error {
	if !report.IsName(name) {
		return fmt.Errorf("write %q: it is no name of a report's file", name)
	}
	sub, err := d.sub(path.Dir(name), true)
	if err != nil {
		return err
	}
	f, err := atomicfile.CreateIn(sub, path.Base(name), nil)
	if err != nil {
		return err
	}
	defer f.Abort()
	sum, n := sha256.New(), counter(0)
	if err := write(io.MultiWriter(f, sum, &n)); err != nil {
		return err
	}
	r := fileRecord{lockfile.ContentHash(sum.Sum(nil)), int64(n)}
	same, err := d.claim(sub, name, r)
	if err == nil && !same {
		err = f.Commit(nil)
	}
	if err == nil {
		d.note(name, r)
	}
	return err
}

// claim makes sure that a file may be written at a name: nothing stands there,
// or what an earlier report wrote. What will stand is listed before it does. It
// tells whether it stands there already, and need not be written.
func (d *Dir) claim(sub *os.Root, name string, r fileRecord) (same bool, err error) {
	if _, err := sub.Lstat(path.Base(name)); !errors.Is(err, fs.ErrNotExist) {
		was, ours := d.standing(sub, name, io.Discard)
		if !ours {
			return false, fmt.Errorf("%q in %q was not written by a report, or was changed since; remove it, or name another directory with --out", name, d.root.Name())
		}
		if was == r {
			return true, nil
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err = io.WriteString(d.part, r.line(name))
	return false, err
}

// counter counts the bytes that are written to it.
type counter int64

// Write counts p.
func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// Finish removes what earlier reports had and this one has not, and writes the
// list of files. A file that was changed since stays.
func (d *Dir) Finish() error {
	files := map[string][]fileRecord{}
	for name, r := range d.written {
		files[name] = []fileRecord{r}
	}
	for _, name := range slices.Sorted(maps.Keys(d.old)) {
		if _, kept := d.written[name]; kept {
			continue
		}
		if err := d.remove(name); err != nil {
			return err
		}
	}
	if err := d.writeList(files); err != nil {
		return err
	}
	part := d.part
	d.part = nil
	return errors.Join(part.Close(), d.root.Remove(partName))
}

func (d *Dir) remove(name string) error {
	dir, base := path.Split(name)
	dir = strings.TrimSuffix(dir, "/")
	if dir == "" {
		dir = "."
	}
	sub, err := d.sub(dir, false)
	if sub == nil || err != nil {
		return err
	}
	if _, ours := d.standing(sub, name, io.Discard); !ours {
		return nil
	}
	if err := sub.Remove(base); err != nil {
		return err
	}
	if dir != "." {
		_ = d.root.Remove(dir) // only if that was its last file
	}
	return nil
}

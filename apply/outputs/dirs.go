package outputs

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// noteDirs writes down which directories are about to be made, so that they
// can go with their last file. A directory that the list misses stays: it is
// some user's.
func (o *Files) noteDirs(dir string) error {
	if _, err := o.tree.Lstat(filepath.FromSlash(dir)); err == nil {
		return nil
	}
	var missing []string
	for d := dir; d != "."; d = path.Dir(d) {
		if _, err := o.tree.Lstat(filepath.FromSlash(d)); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, d)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.loadDirs()
	var lines strings.Builder
	for _, d := range missing {
		if !o.made[d] {
			o.made[d] = true
			lines.WriteString(strconv.Quote(d) + "\n")
		}
	}
	if lines.Len() == 0 {
		return nil
	}
	f, err := o.data.OpenOrCreate(dirList)
	if err != nil {
		return err
	}
	if _, err = f.Seek(0, io.SeekEnd); err == nil {
		_, err = f.WriteString(lines.String())
	}
	return errors.Join(err, f.Close())
}

// dirList is the list's name in the data directory.
const dirList = "dirs"

// loadDirs reads the list once. Lines that cannot be read name nothing.
func (o *Files) loadDirs() {
	if o.made != nil {
		return
	}
	o.made = map[string]bool{}
	f, err := o.data.Open(dirList)
	if err != nil {
		return
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if d, err := strconv.Unquote(lines.Text()); err == nil {
			o.made[d] = true
		}
	}
}

// removeEmptyDirs removes a directory and those above it as far as assetform
// made them and they are empty. One that is in use is left.
func (o *Files) removeEmptyDirs(dir string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.loadDirs()
	for d := dir; o.made[d]; d = path.Dir(d) {
		if err := o.tree.Remove(filepath.FromSlash(d)); err != nil {
			return // not empty, or not ours to remove: both leave it
		}
		delete(o.made, d)
		o.unsaved = true
	}
}

// SaveDirs writes the list of directories anew if directories were removed.
func (o *Files) SaveDirs() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.unsaved {
		return nil
	}
	var lines strings.Builder
	for _, d := range slices.Sorted(maps.Keys(o.made)) {
		lines.WriteString(strconv.Quote(d) + "\n")
	}
	o.unsaved = false
	return o.data.Write(dirList, []byte(lines.String()))
}

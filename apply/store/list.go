package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"
	"time"

	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// Item is one thing in the store: a blob, or the record of a result.
type Item struct {
	Content lockfile.ContentHash // of the blob, or of the blob that the record names
	Inputs  lockfile.InputsHash  // of a record; zero for a blob
	Size    int64                // of the file itself in bytes
	ModTime time.Time            // when it was stored
	// Entry is what a record says; nil for a blob and for a damaged record.
	Entry *lockfile.Entry

	dir  *datadir.Dir
	name string
}

// IsResult reports whether the item is a record, not a blob.
func (i Item) IsResult() bool { return !i.Inputs.IsZero() }

// List yields the records and then the blobs, each in the order of their
// hashes. An error is yielded with a zero Item; after it nothing follows.
// Files that do not belong to a store are passed over.
func (s *Store) List(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		stopped := errors.New("stopped")
		err := s.walk(ctx, func(i Item) error {
			if !yield(i, nil) {
				return stopped
			}
			return nil
		})
		if err != nil && err != stopped {
			yield(Item{}, fmt.Errorf("list the store: %w", err))
		}
	}
}

func (s *Store) walk(ctx context.Context, visit func(Item) error) error {
	if err := s.walkRecords(ctx, s.results, parseResultName, visit); err != nil {
		return err
	}
	if err := s.walkRecords(ctx, s.adopted, parseAdoptedName, visit); err != nil {
		return err
	}
	dirs, err := s.blobs.Entries()
	if err != nil {
		return err
	}
	for _, d := range dirs {
		if d.Type().IsRegular() {
			continue // some file manager's
		}
		dir := s.blobs.Sub(d.Name())
		err := eachFile(ctx, dir, func(name string, info fs.FileInfo) error {
			h, err := lockfile.ParseContentHash("sha256:" + name)
			if err != nil || !strings.HasPrefix(name, d.Name()) {
				return nil
			}
			return visit(Item{Content: h, Size: info.Size(), ModTime: info.ModTime(), dir: dir, name: name})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// walkRecords visits the records in a directory.
func (s *Store) walkRecords(ctx context.Context, dir *datadir.Dir, parseName func(string) (lockfile.InputsHash, bool), visit func(Item) error) error {
	return eachFile(ctx, dir, func(name string, info fs.FileInfo) error {
		h, ok := parseName(name)
		if !ok {
			return nil
		}
		i := Item{Inputs: h, Size: info.Size(), ModTime: info.ModTime(), dir: dir, name: name}
		b, err := readRecord(dir, name)
		if err != nil {
			return skipVanished(err)
		}
		if e, _, err := parseRecord(h, b); err == nil {
			i.Content, i.Entry = e.ContentHash, &e
		}
		return visit(i)
	})
}

// eachFile calls visit with the files of a directory by name. A directory
// that does not exist has none; anything but files is refused.
func eachFile(ctx context.Context, dir *datadir.Dir, visit func(name string, info fs.FileInfo) error) error {
	entries, err := dir.Entries()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := dir.Stat(e.Name())
		if err == nil {
			err = visit(e.Name(), info)
		}
		if err := skipVanished(err); err != nil {
			return err
		}
	}
	return nil
}

// skipVanished drops the error about a file that another process removed, or
// a directory that was never made.
func skipVanished(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func parseResultName(name string) (lockfile.InputsHash, bool) {
	digits, ok := strings.CutPrefix(name, resultPrefix)
	digits, ok2 := strings.CutSuffix(digits, resultSuffix)
	b, err := hex.DecodeString(digits)
	if !ok || !ok2 || err != nil || len(b) != len(lockfile.InputsHash{}) || strings.ToLower(digits) != digits {
		return lockfile.InputsHash{}, false
	}
	return lockfile.InputsHash(b), true
}

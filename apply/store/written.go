package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"assetform/lockfile"
)

// That the store holds a person's content makes no path ours: a copy of a
// source has the source's bytes. So of content that is marked as a person's it
// is noted at which paths it was assetform that wrote it.

// NoteWritten notes, before that is done, that assetform writes a content to a
// path: an output of the root module, whose directory is below the project's root.
func (s *Store) NoteWritten(below, output string, h lockfile.ContentHash) error {
	p, err := s.newFile(nil)
	if err == nil {
		defer p.Abort()
		err = s.commit(place{p, s.written, writtenName(below, output, h)})
	}
	if err != nil {
		return fmt.Errorf("note that %q is written: %w", output, err)
	}
	return nil
}

// Wrote reports whether it was assetform that wrote a content to a path.
func (s *Store) Wrote(below, output string, h lockfile.ContentHash) bool {
	_, err := s.written.Stat(writtenName(below, output, h))
	return err == nil
}

// ForgetWritten makes a file a person's again who has adopted it.
func (s *Store) ForgetWritten(below, output string, h lockfile.ContentHash) error {
	if err := skipVanished(s.written.Remove(writtenName(below, output, h))); err != nil {
		return fmt.Errorf("note who wrote %q: %w", output, err)
	}
	return nil
}

// writtenName is the hash of the content, and a part of the path's.
func writtenName(below, output string, h lockfile.ContentHash) string {
	of := lockfile.HashBytes([]byte(path.Join(below, output)))
	return hex.EncodeToString(h[:]) + "-" + hex.EncodeToString(of[:addressBytes])
}

// pruneWritten removes the notes about content that the store has no more.
func (s *Store) pruneWritten(ctx context.Context, dryRun bool) error {
	return eachFile(ctx, s.written, func(name string, _ fs.FileInfo) error {
		digits, _, _ := strings.Cut(name, "-")
		if h, err := lockfile.ParseContentHash("sha256:" + digits); err != nil || s.Has(h) {
			return nil
		}
		return s.remove(s.written, name, dryRun)
	})
}

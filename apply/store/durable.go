package store

import (
	"os"

	"assetform/lockfile/datadir"
)

// sync makes a file's bytes durable.
func (s *Store) sync(f *os.File) error {
	if err := s.fault("sync", f.Name()); err != nil {
		return err
	}
	return f.Sync()
}

// rename gives a finished temporary file its name and makes that durable.
func (s *Store) rename(temp string, dir *datadir.Dir, name string) error {
	if err := s.fault("rename", dir.Shown(name)); err != nil {
		return err
	}
	if err := s.temp.Move(temp, dir, name); err != nil {
		return err
	}
	return dir.Sync()
}

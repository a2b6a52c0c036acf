package store

import (
	"os"

	"assetform/lockfile/datadir"
)

// place is a pending file and where it belongs.
type place struct {
	*Pending
	dir  *datadir.Dir
	name string
}

// commit makes the bytes of pending files durable, then gives them their names
// in this order, then makes those durable.
func (s *Store) commit(places ...place) error {
	var files []*os.File
	dirs := make([]*datadir.Dir, len(places))
	for i, p := range places {
		if err := s.fault("sync", p.file.Name()); err != nil {
			return err
		}
		if dirs[i] = p.dir; p.size > 0 { // an empty file is durable with its name
			files = append(files, p.file)
		}
	}
	if len(files) > 0 {
		if err := s.dir.Syncer().Sync(files...); err != nil {
			return err
		}
	}
	for _, p := range places {
		if err := p.file.Close(); err != nil {
			return err
		}
		if err := s.fault("rename", p.dir.Shown(p.name)); err != nil {
			return err
		}
		if err := s.temp.Move(p.Pending.name, p.dir, p.name); err != nil {
			return err
		}
	}
	if err := datadir.SyncAll(dirs...); err != nil {
		return err
	}
	for _, p := range places {
		p.file = nil
	}
	return nil
}

package store

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// tempAge is how old a temporary file must be to be taken for a leftover of a
// process that was killed: no download takes a day.
const tempAge = 24 * time.Hour

// PruneOptions says what Prune keeps.
type PruneOptions struct {
	// KeepBlobs and KeepResults are what the lock and the journal name.
	KeepBlobs   map[lockfile.ContentHash]bool
	KeepResults map[lockfile.InputsHash]bool
	// OlderThan keeps what was stored less than this long before Now.
	OlderThan time.Duration
	Now       time.Time
	// DryRun reports and removes nothing.
	DryRun bool
}

// Pruned is what Prune removed, or would remove.
type Pruned struct {
	Removed   []Item // records, then blobs
	Bytes     int64  // that all removed files had
	Leftovers int    // temporary and damaged files
	Kept      int    // records and blobs that stay
}

// Prune removes old results that nothing names: first records, then the blobs
// that no remaining record names. A result that KeepResults names keeps its
// blob. The caller holds the run lock, since a blob is unnamed until its record
// is written.
func (s *Store) Prune(ctx context.Context, o PruneOptions) (Pruned, error) {
	var report Pruned
	limit := o.Now.Add(-o.OlderThan)
	named := map[lockfile.ContentHash]bool{}
	err := s.walk(ctx, func(i Item) error {
		keep := o.KeepBlobs[i.Content] || named[i.Content]
		if i.IsResult() {
			keep = o.KeepResults[i.Inputs] || i.Entry != nil && o.KeepBlobs[i.Content]
		}
		if keep || i.ModTime.After(limit) {
			report.Kept++
			if i.IsResult() {
				named[i.Content] = true
			}
			return nil
		}
		report.Removed = append(report.Removed, i)
		report.Bytes += i.Size
		if !i.IsResult() {
			if err := s.remove(i.dir, i.name+handMadeSuffix, o.DryRun); err != nil {
				return err
			}
		}
		return s.remove(i.dir, i.name, o.DryRun)
	})
	if err == nil {
		err = s.pruneWritten(ctx, o.DryRun)
	}
	if err == nil {
		err = s.sweep(ctx, s.damaged, limit, o.DryRun, &report)
	}
	if err == nil {
		err = s.sweep(ctx, s.temp, o.Now.Add(-tempAge), o.DryRun, &report)
	}
	if err != nil {
		return report, fmt.Errorf("prune the store: %w", err)
	}
	return report, nil
}

func (s *Store) sweep(ctx context.Context, dir *datadir.Dir, limit time.Time, dryRun bool, report *Pruned) error {
	return eachFile(ctx, dir, func(name string, info fs.FileInfo) error {
		if info.ModTime().After(limit) {
			return nil
		}
		report.Leftovers++
		report.Bytes += info.Size()
		return s.remove(dir, name, dryRun)
	})
}

// remove needs no fsync: a file that comes back after a crash is only pruned
// again, and a record whose blob is gone counts as absent.
func (s *Store) remove(dir *datadir.Dir, name string, dryRun bool) error {
	if dryRun {
		return nil
	}
	return skipVanished(dir.Remove(name))
}

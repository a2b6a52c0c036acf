package remote

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"assetform/apply/store"
	"assetform/lockfile"
	"assetform/lockfile/atomicfile"

	"golang.org/x/sync/errgroup"
)

// Named is what locks name.
type Named struct {
	Contents map[lockfile.ContentHash]bool
	Inputs   map[lockfile.InputsHash]bool
}

// Unnamed lists the blobs and records that no lock names, and what dead writers
// left between them, as far as that was written before a time, if it is not zero.
// What a record that stays names stays with it.
func (r *Remote) Unnamed(ctx context.Context, named Named, before time.Time) (list []Info, err error) {
	contents := maps.Clone(named.Contents)
	young := func(i Info) bool { return !before.IsZero() && !i.Written.Before(before) }
	each := func(prefix string, visit func(Info) error) error {
		return r.each(ctx, prefix, func(i Info) error {
			if !before.IsZero() && i.Written.IsZero() {
				return errors.New("this remote does not tell when its files were written")
			}
			return visit(i)
		})
	}
	var stay []lockfile.InputsHash
	err = each(resultPrefix, func(i Info) error {
		if isLeftover(i) {
			list = append(list, i)
			return nil
		}
		digits, isRecord := strings.CutSuffix(strings.TrimPrefix(i.Name, resultPrefix), resultSuffix)
		var h lockfile.InputsHash
		if b, err := hex.DecodeString(digits); !isRecord || err != nil || len(b) != len(h) {
			return nil // none of ours
		} else {
			copy(h[:], b)
		}
		if named.Inputs[h] || young(i) {
			stay = append(stay, h)
		} else {
			list = append(list, i)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	err = atOnce(ctx, stay, func(ctx context.Context, h lockfile.InputsHash) error {
		b, err := r.read(ctx, resultName(h))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if e, _, bad := store.ParseShared(h, b); err == nil && bad == nil {
			mu.Lock()
			defer mu.Unlock()
			contents[e.ContentHash], contents[e.SourceHash] = true, true
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	err = each(blobPrefix, func(i Info) error {
		h, err := lockfile.ParseContentHash("sha256:" + strings.TrimPrefix(i.Name, blobPrefix))
		if err == nil && !contents[h] && !young(i) || isLeftover(i) {
			list = append(list, i)
		}
		return nil
	})
	return list, err
}

// isLeftover tells whether a file is a part of one that never came to be. One
// that is being written is not listed.
func isLeftover(i Info) bool { return atomicfile.IsTemp(path.Base(i.Name)) }

// each goes through the files below a prefix.
func (r *Remote) each(ctx context.Context, prefix string, visit func(Info) error) error {
	files, err := r.place(ctx)
	if err != nil {
		return &FailureError{r.o.Shown, err}
	}
	for info, err := range files.List(ctx, prefix) {
		if errors.Is(err, ErrUnsupported) {
			return errors.New("this remote cannot be listed: prune it where it is kept")
		}
		if err != nil {
			return &FailureError{r.o.Shown, err}
		}
		if err := visit(info); err != nil {
			return err
		}
	}
	return nil
}

// Delete deletes files that Unnamed listed, and returns how many. Records go
// before the blobs that they name.
func (r *Remote) Delete(ctx context.Context, list []Info) (int, error) {
	var deleted atomic.Int64
	blobs := slices.IndexFunc(list, func(i Info) bool { return strings.HasPrefix(i.Name, blobPrefix) })
	if blobs < 0 {
		blobs = len(list)
	}
	for _, part := range [][]Info{list[:blobs], list[blobs:]} {
		err := atOnce(ctx, part, func(ctx context.Context, i Info) error {
			err := r.try(ctx, patience, callTime, func(ctx context.Context, files Files) error { return files.Delete(ctx, i.Name) })
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			deleted.Add(1)
			return nil
		})
		if err != nil {
			return int(deleted.Load()), err
		}
	}
	return int(deleted.Load()), nil
}

// callsAtOnce is how many calls are under way at once where a prune makes many.
const callsAtOnce = 32

// atOnce does something with all of a list, and ends with the first error.
func atOnce[T any](ctx context.Context, list []T, do func(context.Context, T) error) error {
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(callsAtOnce)
	for _, one := range list {
		if each.Err() != nil {
			break
		}
		g.Go(func() error { return do(each, one) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

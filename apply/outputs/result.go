package outputs

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"assetform/apply/media"
	"assetform/apply/store"
	"assetform/lockfile"
)

// Fit makes a stored result that of an output path: it is converted, in the
// store, if the path's extension asks for another format. The result is an
// entry as the store records it.
func (o *Files) Fit(result lockfile.Entry, output string) (lockfile.Entry, error) {
	e := result.Clone()
	e.Output = output
	ext := path.Ext(output)
	if media.Fits(e.MediaType, ext) {
		return e, nil
	}
	delivered := e.UpstreamHash()
	converted, err := o.convert(result.ContentHash, result.MediaType, ext)
	if err != nil {
		return e, err
	}
	m, err := Probe(o.store, converted)
	if err != nil {
		return e, err
	}
	e.SourceHash, e.ContentHash = delivered, converted
	e.MediaType, e.Bytes, e.Width, e.Height = m.Type, m.Bytes, m.Width, m.Height
	return e, nil
}

// convert puts an image of the store into it in another format.
func (o *Files) convert(from lockfile.ContentHash, mediaType, ext string) (lockfile.ContentHash, error) {
	o.converting <- struct{}{}
	defer func() { <-o.converting }()
	src, err := o.store.Open(from)
	if err != nil {
		return lockfile.ContentHash{}, err
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return lockfile.ContentHash{}, err
	}
	dst, err := o.store.Create()
	if err != nil {
		return lockfile.ContentHash{}, err
	}
	defer dst.Abort()
	if err := media.Convert(src, info.Size(), mediaType, ext, dst); err != nil {
		return lockfile.ContentHash{}, err
	}
	h, _, err := dst.Commit()
	return h, err
}

// Original prefers the delivered file to the one that was converted from it. The
// error matches fs.ErrNotExist if the store has neither.
func (o *Files) Original(e lockfile.Entry) (lockfile.Entry, error) {
	if !e.SourceHash.IsZero() && o.store.Has(e.SourceHash) {
		m, err := Probe(o.store, e.SourceHash)
		var damage *store.DamagedError
		if errors.As(err, &damage) && o.store.Has(e.ContentHash) {
			return e, nil // what was converted from it is there
		}
		if err != nil {
			return e, err
		}
		e.ContentHash, e.SourceHash = e.SourceHash, lockfile.ContentHash{}
		e.MediaType, e.Bytes, e.Width, e.Height = m.Type, m.Bytes, m.Width, m.Height
		return e, nil
	}
	if !o.store.Has(e.ContentHash) {
		return e, fmt.Errorf("stored content %s: %w", e.ContentHash, fs.ErrNotExist)
	}
	return e, nil
}

// Probe verifies a file of the store: it is all of what its format says.
func Probe(s *store.Store, h lockfile.ContentHash) (media.Info, error) {
	f, err := s.Open(h)
	if err != nil {
		return media.Info{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return media.Info{}, err
	}
	return media.Probe(f, info.Size())
}

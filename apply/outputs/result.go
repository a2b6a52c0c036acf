package outputs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"assetform/apply/media"
	"assetform/apply/media/marks"
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
	if o.engines.Derives(e.Provider) {
		return e, nil
	}
	of, err := o.marksOf(result.ContentHash)
	if err != nil {
		return e, err
	}
	if media.Fits(e.MediaType, ext) {
		found := marks.EntryOf(of)
		if found.C2PA == "" && result.Marks["c2pa"] == marks.Lost { // it was converted before
			found.C2PA = marks.Lost
		}
		e.Marks = found.Map()
		return e, nil
	}
	delivered := e.UpstreamHash()
	converted, err := o.convert(result.ContentHash, result.MediaType, ext, o.says(&result))
	if err != nil {
		return e, err
	}
	m, err := Probe(o.store, converted)
	if err != nil {
		return e, err
	}
	now, err := o.marksOf(converted)
	if err != nil {
		return e, err
	}
	e.Marks = marks.EntryOf(now, of).Map()
	e.SourceHash, e.ContentHash = delivered, converted
	e.MediaType, e.Bytes, e.Width, e.Height = m.Type, m.Bytes, m.Width, m.Height
	return e, nil
}

// says is what a converted picture of a result says of how it was made. Of what
// a person made nothing is claimed.
func (o *Files) says(result *lockfile.Entry) marks.Want {
	if result.ByHand() {
		return marks.Want{}
	}
	want := marks.Want{SourceType: marks.Algorithmic, Credit: o.credit, Rights: o.rights}
	if o.engines.Charges(result.Provider) {
		want.SourceType = marks.Trained
	}
	return want
}

// marksOf are the marks of provenance that a file of the store carries.
func (o *Files) marksOf(h lockfile.ContentHash) (marks.Marks, error) {
	f, err := o.store.Open(h)
	if err != nil {
		return marks.Marks{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return marks.Marks{}, err
	}
	return marks.Read(f, info.Size())
}

// convert puts an image of the store into it in another format.
func (o *Files) convert(from lockfile.ContentHash, mediaType, ext string, want marks.Want) (lockfile.ContentHash, error) {
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
	if err := media.Convert(src, info.Size(), mediaType, ext, want, dst); err != nil {
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
	return inStore(s, h, media.Probe)
}

// inStore looks at a file of the store.
func inStore(s *store.Store, h lockfile.ContentHash, look func(io.ReaderAt, int64) (media.Info, error)) (media.Info, error) {
	f, err := s.Open(h)
	if err != nil {
		return media.Info{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return media.Info{}, err
	}
	return look(f, info.Size())
}

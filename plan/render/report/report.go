package report

import (
	"context"
	"fmt"
	"io"
	"path"
	"runtime"
	"slices"
	"strings"

	"assetform/config/engine"
	"assetform/config/format"
	"assetform/lockfile"
	"assetform/plan/render/cells"

	"golang.org/x/sync/errgroup"
)

// Report is what the pages show.
type Report struct {
	Project string   // the project's name
	Base    string   // what "before" is, for people
	Now     string   // what "after" is
	Notes   []string // what the reader should know about the comparison
	Changes []Change // sorted by address
	Sources []Change // see Sources; of them only the contents are shown
	// Was and Is are the locks at the base and now, by which pages tell whose
	// result an input is; nil: nobody's.
	Was, Is *lockfile.Lock
	Prices  engine.Prices   // by which costs have an amount
	Engines engine.Registry // by which candidates have a seed
	// Film looks at a film's structure: an error says what is wrong with it. It
	// may be called concurrently; nil: films are taken as they are.
	Film func(open func() (io.ReadCloser, error)) (Film, error)
	// Gallery shows assets as they are now, with nothing before. Base and Now
	// are not looked at.
	Gallery bool
	// Unpicked is a gallery of assets that wait for a pick, with their
	// candidates on the first page.
	Unpicked bool
}

// Film is what a film's file says of itself.
type Film struct {
	Width, Height int
	Duration      float64 // seconds
	Bytes         int64
}

// Version is an asset as it was, or as it is now.
type Version struct {
	Entry   lockfile.Entry
	Content // of the output
	// Drifted tells that the file is not what the entry says: a person changed it.
	Drifted bool
	// Candidates are the contents of the entry's, in order; nil: they are not
	// shown.
	Candidates []Content
	// Absent says what brings back candidates whose content is not on this
	// machine.
	Absent string
}

// Content is what there is to be shown.
type Content struct {
	// Hash is zero where nothing is known to be there, and another than the
	// entry's where the file was changed since it was written.
	Hash lockfile.ContentHash
	// Open returns the content; nil if it is not on this machine, and then
	// Missing says why. It may be called concurrently with others.
	Open    func() (io.ReadCloser, error)
	Missing string
	Note    string // what else is to be known about the content
}

// Files takes what is written. Names have slashes. Methods may be called
// concurrently for different names.
type Files interface {
	// Has tells whether a file of that name was written by an earlier report;
	// it is only asked for names that are made of the content's hash.
	Has(name string) bool
	// Read returns such a file; ok is what Has would be.
	Read(name string) (content []byte, ok bool)
	// Write makes a file of what the function writes, or none at all if it
	// returns an error.
	Write(name string, write func(io.Writer) error) error
}

// Write writes the whole report. Contents that cannot be shown become
// placeholders that say why; an error is one of writing.
func Write(ctx context.Context, r Report, files Files) error {
	r.Gallery = r.Gallery || r.Unpicked
	media, err := writeMedia(ctx, &r, files)
	if err != nil {
		return err
	}
	if err := writeStatic(files); err != nil {
		return err
	}
	pages := newPages(r, media)
	if err := files.Write(Index, func(w io.Writer) error {
		return writePage(w, "index", pages.index())
	}); err != nil {
		return fmt.Errorf("write %s: %w", Index, err)
	}
	for i := range pages.assets {
		name := "asset/" + pages.assets[i].Page
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := files.Write(name, func(w io.Writer) error {
			return writePage(w, "asset", pages.asset(i))
		}); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

// writeMedia copies every content once and makes its thumbnail.
func writeMedia(ctx context.Context, r *Report, files Files) (map[lockfile.ContentHash]*medium, error) {
	changes := slices.Concat(r.Changes, r.Sources)
	media := map[lockfile.ContentHash]*medium{}
	var todo []*medium
	add := func(c *Content, textual bool, output string) {
		m := media[c.Hash]
		switch {
		case m == nil:
			m = &medium{content: c, probe: r.Film}
			media[c.Hash] = m
			todo = append(todo, m)
		case m.content.Open == nil:
			m.content = c // the same content, found elsewhere
		}
		m.textual = m.textual || textual
		m.extensions = append(m.extensions, path.Ext(output))
	}
	for i := range changes {
		textual := format.Textual(string(changes[i].kind()))
		for _, v := range []*Version{changes[i].Before, changes[i].After} {
			if v == nil {
				continue
			}
			add(&v.Content, textual, v.Entry.Output)
			for k := range v.Candidates {
				if !v.Candidates[k].Hash.IsZero() {
					add(&v.Candidates[k], textual, v.Entry.Output)
				}
			}
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, w := range writers(changes, media, todo) {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return w.write(files)
		})
	}
	return media, g.Wait()
}

// writePage writes a page on which everything can be seen: characters that
// show nothing, or change the order of what does, stand there as escapes.
func writePage(w io.Writer, template string, data any) error {
	var b strings.Builder
	if err := templates().ExecuteTemplate(&b, template, data); err != nil {
		return err
	}
	_, err := io.WriteString(w, cells.CleanLines(b.String()))
	return err
}

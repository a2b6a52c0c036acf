package derive

import (
	"cmp"
	"context"
	"image"
	"io"
	"path"
	"slices"

	"assetform/apply/engine"
	"assetform/apply/engine/derive/export"
	"assetform/config/address"
	spec "assetform/config/engine"
	"assetform/config/format"
	"assetform/lockfile"
)

// Table is Engine with what its methods know to be wrong before there are
// pixels.
func Table() *spec.Engine {
	e := Engine
	e.Methods = make([]*spec.Method, len(Engine.Methods))
	for i, m := range Engine.Methods {
		own := *m
		own.Check = func(making spec.Making) (image.Point, error) {
			size, _, err := Size(jobOf(m.Name, making))
			return size, err
		}
		e.Methods[i] = &own
	}
	return &e
}

// jobOf is a job as far as it is known.
func jobOf(method string, m spec.Making) Job {
	j := Job{Method: method, Params: m.Params, Dir: m.Dir, Output: m.Output, Address: m.Address.String()}
	for i := range m.Sources {
		s := &m.Sources[i]
		source := Source{Input: s.Input, Name: s.Member, Path: s.Path, Record: export.Record{Type: s.MediaType, Width: s.Width, Height: s.Height, Duration: s.Duration}}
		if !s.Address.IsZero() {
			source.Record = recordOf(&engine.Source{Path: s.Path, Address: s.Address, Alt: s.Alt, Entry: &lockfile.Entry{
				MediaType: s.MediaType, Width: s.Width, Height: s.Height, Duration: s.Duration, Frames: s.Frames,
			}})
		}
		j.Sources = append(j.Sources, source)
	}
	return j
}

// Open returns what makes the assets of this engine.
func Open(s engine.MakerSettings) engine.Maker {
	m := New(Options{Log: s.Log, Temp: s.Temp})
	m.memory.process = DefaultMemory - rest
	return workshop{m}
}

// rest is what a process has beside the memory that the runtime counts.
const rest = 64 << 20

// workshop is a Maker as apply asks for one.
type workshop struct{ *Maker }

// Make implements engine.Maker.
func (w workshop) Make(ctx context.Context, j engine.Job, dst io.Writer) (engine.Made, error) {
	job := Job{Method: j.Method, Params: j.Params, Dir: j.Dir, Output: j.Output, Address: j.Address.String(), Credit: j.Credit, Rights: j.Rights}
	others := srcsets(j.Sources)
	for i := range j.Sources {
		s := sourceOf(&j.Sources[i])
		s.Record.Srcset = others[j.Sources[i].Address]
		job.Sources = append(job.Sources, s)
	}
	r, err := w.Maker.Make(ctx, job, dst)
	if err != nil {
		return engine.Made{}, err
	}
	return engine.Made{
		MediaType: mediaType(j.Output), Width: r.Width, Height: r.Height,
		Frames: r.Frames, Marks: r.Marks.Map(), Lost: r.Lost, Warnings: r.Warnings, Unsigned: r.Unsigned,
	}, nil
}

// mediaType is the type of a result by its name; that of a text is told by
// nobody better.
func mediaType(output string) string {
	if known := format.TypeOf(path.Ext(output)); known != "" {
		return known
	}
	return "text/plain"
}

// sourceOf is a source as its engine has it.
func sourceOf(s *engine.Source) Source {
	source := Source{
		Input: s.Input, Name: s.Member, Path: s.Path, Hash: s.Hash.String(), Size: s.Size, Made: originOfSource(s),
		Open: func() (Content, error) { return s.Open() },
	}
	if !s.Address.IsZero() {
		source.Record = recordOf(s)
	}
	return source
}

// srcsets are the sources that show the same as another one, in another size or
// format, by that one's address.
func srcsets(sources []engine.Source) map[address.Address][]export.Source {
	sets := map[address.Address][]export.Source{}
	sizes := map[address.Address]image.Point{}
	for i := range sources {
		if s := &sources[i]; s.Entry != nil {
			sizes[s.Address] = image.Pt(s.Entry.Width, s.Entry.Height)
		}
	}
	for i := range sources {
		if v := &sources[i]; !v.Of.IsZero() && v.Entry != nil && OnlyResized(v.Params, v.Path, sizes[v.Of]) {
			sets[v.Of] = append(sets[v.Of], export.Source{Path: v.Path, Type: v.Entry.MediaType, Width: v.Entry.Width, Height: v.Entry.Height})
		}
	}
	for _, set := range sets {
		slices.SortFunc(set, func(a, b export.Source) int {
			return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Width, b.Width), cmp.Compare(a.Path, b.Path))
		})
	}
	return sets
}

// originOfSource says who made a source's pixels. What was derived says it
// itself.
func originOfSource(s *engine.Source) Origin {
	switch {
	case s.Charged:
		return Service
	case s.Generated:
		return Program
	case s.Entry != nil:
		return originOf(s.Entry.Marks["source_type"])
	}
	return Person
}

func recordOf(s *engine.Source) export.Record {
	a := s.Address
	r := export.Record{
		Address: a.String(), Kind: string(a.Kind), Name: a.Name, Key: a.Index(), Keyed: a.Key != "",
		Path: s.Path, Hash: s.Hash.String(), Alt: s.Alt,
	}
	for _, m := range a.Modules() {
		r.Modules = append(r.Modules, export.Module{Name: m.Name, Key: address.Address{Key: m.Key}.Index(), Keyed: m.Key != ""})
	}
	if e := s.Entry; e != nil {
		r.Type, r.Width, r.Height, r.Bytes, r.Duration = e.MediaType, e.Width, e.Height, e.Bytes, e.Duration
		r.Frames = framesOf(e)
	}
	return r
}

func framesOf(e *lockfile.Entry) map[string]export.Frame {
	if e.Frames == nil {
		return nil
	}
	frames := make(map[string]export.Frame, len(e.Frames))
	for name, numbers := range e.Frames {
		if f, err := export.FrameOf(numbers); err == nil { // the lock is read strictly
			frames[name] = f
		}
	}
	return frames
}

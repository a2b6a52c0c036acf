package derive

import (
	"errors"
	"fmt"
	"image"

	"assetform/apply/engine/derive/export"
	"assetform/apply/engine/derive/raster"
	"assetform/apply/engine/derive/sheet"
)

// Check tells without reading a source what is wrong with a job: its settings,
// its output's format, and what follows from the sizes of its sources, as far
// as their records know them. The error is one that Make would return.
func Check(j Job) error {
	_, _, err := Size(j)
	return err
}

// Size is the size that the result will have in pixels, and checks like Check.
// known is false where it depends on pixels, or on sizes that are not known.
func Size(j Job) (size image.Point, known bool, err error) {
	if err := j.check(); err != nil {
		return size, false, err
	}
	switch j.Method {
	case Variant:
		return j.variantSize()
	case Atlas:
		return j.atlasSize()
	}
	x, err := exportOf(&j)
	if err == nil && x.format != "" {
		err = export.Check(x.format, recordsOf(&j), x.Settings)
	}
	return size, false, err
}

// check looks at what is there at all.
func (j *Job) check() error {
	m := j.method()
	if m == nil {
		return fmt.Errorf("nothing is derived by method %q", j.Method)
	}
	for _, s := range j.Sources {
		if _, ok := m.Input(s.Input); !ok {
			return fmt.Errorf("%s has no input %q", m.Name, s.Input)
		}
	}
	for _, in := range m.Inputs {
		n := len(j.of(in.Name))
		switch {
		case in.Required && n == 0:
			return fmt.Errorf("%s is not set or empty", in.Name)
		case in.List && n > in.Max:
			return fmt.Errorf("%s lists %d, expected at most %d", in.Name, n, in.Max)
		case !in.List && n > 1:
			return fmt.Errorf("%s are %d, expected one", in.Name, n)
		}
	}
	return nil
}

func (j *Job) variantSize() (size image.Point, known bool, err error) {
	v, err := variantOf(j)
	if err != nil {
		return size, false, err
	}
	s := j.of(inputSource)[0]
	if s.Record.Type != "" {
		switch {
		case !s.film() && !s.read():
			return size, false, inFile(s, s.errType())
		case s.film() && v.at == nil:
			return size, false, inFile(s, errFilm)
		case !s.film() && v.at != nil:
			return size, false, inFile(s, errNoFilm)
		}
	}
	if at, ok := v.at.(float64); ok && s.Record.Duration > 0 && at > s.Record.Duration {
		return size, false, inFile(s, beyond(at, s.Record.Duration))
	}
	if n := v.icon(); n > 0 {
		size, known = image.Pt(n, n), true
	}
	of, all, err := v.size(s.size())
	if err != nil {
		return image.Point{}, false, inFile(s, err)
	}
	if !known {
		size, known = of, all
	}
	return size, known, nil
}

func (j *Job) atlasSize() (size image.Point, known bool, err error) {
	s, e, err := atlasOf(j)
	if err != nil {
		return size, false, err
	}
	sources := j.of(inputSprites)
	boxes := make([]sheet.Box, 0, len(sources))
	seen := map[string]*Source{}
	for _, src := range sources {
		if src.film() {
			return size, false, inFile(src, errors.New("it is a video, and a sprite is a picture"))
		}
		if src.Record.Type != "" && !src.read() {
			return size, false, inFile(src, src.errType())
		}
		if twin := seen[src.Name]; twin != nil {
			return size, false, fmt.Errorf("%s and %s are both named %q: give sprites as a map with a name for each", twin.Path, src.Path, src.Name)
		}
		seen[src.Name] = src
		if src.size() != (image.Point{}) {
			boxes = append(boxes, sheet.Box{Name: src.Name, Size: src.size()})
		}
	}
	if s.Trim || len(boxes) < len(sources) {
		return size, false, nil
	}
	a, err := sheet.Arrange(boxes, *s)
	if err != nil {
		return size, false, err
	}
	return a.Size, true, (&raster.Encoding{Format: e.Format}).CheckSize(a.Size)
}

// OnlyResized reports whether a variant with these parameters and that output
// shows all of its source, which has that size, and nothing else, in another size
// or format: it then belongs into the source's srcset.
func OnlyResized(params map[string]any, output string, source image.Point) bool {
	j := &Job{Method: Variant, Params: params, Output: output}
	p, err := valuesOf(j)
	if err != nil {
		return false
	}
	for _, key := range []string{"crop", "grid", "at", blockCutout, "trim", "background", "padding", "palette"} {
		if p.set[key] {
			return false
		}
	}
	v, err := variantOf(j)
	return err == nil && v.encoding.Format != raster.ICO && v.ShowsAll(source) // an icon is on a square canvas
}

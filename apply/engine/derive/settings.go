package derive

import (
	"errors"
	"fmt"
	"slices"

	"assetform/apply/engine/derive/cutout"
	"assetform/apply/engine/derive/export"
	"assetform/apply/engine/derive/raster"
	"assetform/apply/engine/derive/sheet"
)

// variant is the settings of one.
type variant struct {
	raster.Settings
	cutout   *cutout.Settings
	encoding raster.Encoding
	at       any // of a film: first, last or seconds
	// copied is that nothing is to be done but to write it in the output's
	// format.
	copied bool
}

// variantOf reads and checks the settings of a variant.
func variantOf(j *Job) (*variant, error) {
	p, err := valuesOf(j)
	if err != nil {
		return nil, err
	}
	v := &variant{at: p.params["at"]}
	v.Settings = raster.Settings{
		Grid: p.point("grid"), Cell: p.point("cell"), Trim: p.is("trim"),
		Width: p.whole("width", 1), Height: p.whole("height", 1), Enlarge: p.is("enlarge"),
		Fit: raster.Fit(p.text("fit")), Focus: p.focus("focus"), Kernel: raster.Kernel(p.text("kernel")),
		Padding: p.whole("padding", 0), Background: p.color("background"), Dither: p.is("dither"),
	}
	if l, _ := p.params["crop"].([]float64); len(l) == 4 {
		v.Crop = raster.Area{X: int(l[0]), Y: int(l[1]), W: int(l[2]), H: int(l[3])}
	}
	if p.set["grid"] != p.set["cell"] {
		return nil, errors.New("expected both of grid and cell: how many columns and rows there are, and which one to take")
	}
	v.palette(p)
	v.encoding = raster.Encoding{
		Format: raster.FormatOf(j.ext()), Quality: p.whole("quality", 1), Lossless: p.is("lossless"), Dither: v.Dither, Kernel: v.Kernel,
	}
	if l, ok := p.params["sizes"].([]float64); ok && p.set["sizes"] {
		for _, n := range l {
			v.encoding.Sizes = append(v.encoding.Sizes, int(n))
		}
	}
	if v.Dither && !p.set["palette"] && v.encoding.Format != raster.GIF {
		return nil, errors.New("dither is set without palette: say how many colours there may be, or which")
	}
	if v.encoding.Format == raster.ICO {
		v.encoding.Colors, v.encoding.Palette = v.Colors, v.Palette
	}
	v.readCutout(p)
	v.copied = !slices.ContainsFunc(changing, func(key string) bool { return p.set[key] })
	return v, p.wrong(v.Settings.Check(), v.encoding.Check(), v.checkPalette())
}

// checkPalette returns an error for a palette that the format would not keep.
func (v *variant) checkPalette() error {
	switch e := &v.encoding; {
	case v.Colors == 0 && v.Palette == nil:
	case e.Format == raster.JPEG:
		return errors.New("palette is set for jpg, which keeps no colour as it is: use png or gif, or webp with lossless = true")
	case e.Format == raster.WebP && !e.Lossless:
		return errors.New("palette is set for webp, which without lossless keeps no colour as it is: set lossless = true, or use png")
	}
	return nil
}

// changing are the parameters that change pixels or how they are written, where
// they are not at their defaults.
var changing = []string{"crop", "grid", "trim", "width", "height", "background", "padding", "palette", "quality", "lossless", "sizes", blockCutout}

func (v *variant) palette(p *values) {
	switch list := p.params["palette"].(type) {
	case int64:
		v.Colors = int(list)
	case []string:
		for _, name := range list {
			c, _ := raster.ParseColor(name)
			v.Palette = append(v.Palette, c)
		}
	}
}

func (v *variant) readCutout(p *values) {
	if !p.is(blockCutout) {
		return
	}
	v.cutout = &cutout.Settings{
		Key:       p.color("cutout_key"),
		Tolerance: p.share("tolerance"),
		Despill:   p.is("cutout_despill"),
		MinGround: p.share("min_ground"),
		Holes:     p.is("cutout_holes"),
	}
}

// atlasOf reads and checks the settings of an atlas.
func atlasOf(j *Job) (*sheet.Settings, raster.Encoding, error) {
	e := raster.Encoding{Format: raster.FormatOf(j.ext())}
	p, err := valuesOf(j)
	if err != nil {
		return nil, e, err
	}
	s := &sheet.Settings{
		Grid: p.text("layout") == "grid", Columns: p.whole("columns", 1), CellSize: p.point("cell_size"),
		MaxSize: p.whole("max_size", 1), Padding: p.whole("padding", 0), Extrude: p.whole("extrude", 0),
		Trim: p.is("trim"), PowerOfTwo: p.is("power_of_two"),
	}
	if p.set["anchor"] {
		s.Anchor = p.focus("anchor")
	}
	if e.Format != raster.PNG && e.Format != raster.JPEG && e.Format != raster.WebP {
		return nil, e, fmt.Errorf("an atlas is not written to a %q file, expected .png, .webp or .jpg", j.ext())
	}
	return s, e, p.wrong(s.Check(), e.Check())
}

// exported is the settings of an export.
type exported struct {
	export.Settings
	format    string // "" with a template
	thumbhash bool
}

func exportOf(j *Job) (*exported, error) {
	p, err := valuesOf(j)
	if err != nil {
		return nil, err
	}
	x := &exported{format: p.text("format"), thumbhash: p.text("placeholder") == "thumbhash"}
	x.Settings = export.Settings{Root: export.Root(j.Dir), Output: j.Output, Base: p.text("base"), Package: p.text("package"), Namespace: p.text("namespace")}
	templates := len(j.of(inputTemplate))
	switch {
	case x.format == "" && templates == 0:
		return nil, errors.New("expected format or template: nothing says what to write")
	case x.format != "" && templates > 0:
		return nil, errors.New("format and template are set, expected one of them")
	case templates > 1:
		return nil, fmt.Errorf("found %d templates, expected one", templates)
	case x.Package != "" && x.format != "go":
		return nil, errors.New("package is set, which is of the format go")
	case x.Namespace != "" && x.format != "csharp":
		return nil, errors.New("namespace is set, which is of the format csharp")
	}
	return x, nil
}

package derive

import (
	"path"
	"strings"

	"assetform/apply/engine/derive/export"
	"assetform/apply/engine/derive/export/template"
	"assetform/apply/engine/derive/raster"
	"assetform/apply/engine/derive/sheet"
	"assetform/config/address"
	"assetform/config/engine"
)

// Names of methods, which are those of the kinds that they make.
const (
	Variant = "variant"
	Atlas   = "atlas"
	Export  = "export"
)

// Names of inputs.
const (
	inputSource   = "source"
	inputSprites  = "sprites"
	inputAssets   = "assets"
	inputTemplate = "template"
)

// Engine is what can be derived.
var Engine = engine.Engine{
	Type:    "derive",
	Title:   "the deriving engine",
	Free:    true,
	Derives: true,
	Methods: []*engine.Method{variantMethod, atlasMethod, exportMethod},
}

const backend = "this machine"

var variantMethod = &engine.Method{
	Name:    Variant,
	Kind:    address.Variant,
	Backend: backend,
	Typical: [2]int{0, 1},
	Doc:     "A picture made of another one: cut, cut out, scaled, padded, in fewer colours or in another format.",
	Inputs: []engine.Input{
		{Name: inputSource, Required: true, Films: true, Doc: "The picture to make it of: an image, a variant, an atlas or a file of the project, or with `at` a video."},
	},
	Params: append(append([]engine.Param{
		{Name: "crop", Type: engine.Setting, Accept: acceptCrop, Doc: "The part to take, `[x, y, width, height]` in pixels of the source."},
		{Name: "grid", Type: engine.Setting, Accept: acceptGrid, Doc: "How many `[columns, rows]` the source has, of which `cell` is taken. A side that does not divide evenly is an error."},
		{Name: "cell", Type: engine.Setting, Accept: acceptCell, Doc: "The `[column, row]` of `grid` to take, from 0."},
		{Name: "at", Type: engine.Setting, Accept: acceptAt, Doc: "Which picture of a video to take: seconds, `first` or `last`. Needs `ffmpeg` in PATH when it is applied."},
	}, cutoutParams...), []engine.Param{
		{Name: "trim", Type: engine.Boolean, Default: false, Doc: "Whether the border is cut off that is transparent or of one colour, within 2%."},
		{Name: "width", Type: engine.Integer, Doc: "Pixels, 1 to 16384. One side alone keeps the ratio."},
		{Name: "height", Type: engine.Integer, Doc: "Pixels, 1 to 16384."},
		{Name: "enlarge", Type: engine.Boolean, Default: false, Doc: "Whether a picture may be scaled above its own pixels."},
		{Name: "fit", Type: engine.String, Default: "cover", Values: []string{"cover", "contain", "fill", "inside"}, Doc: "How the picture comes to a size that has both sides: cut to fill it, whole on a canvas of it, stretched to it, or whole and no larger than it."},
		{Name: "focus", Type: engine.Setting, Default: "center", Accept: acceptFocus, Doc: "What `cover` keeps and where `contain` puts the picture: `center`, `top`, `bottom-left` and so on, or `[x, y]` from 0 to 1."},
		{Name: "background", Type: engine.Setting, Accept: acceptColor, Usual: usualBackground, Doc: "The colour behind the picture and its padding: `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`. Without it what is transparent stays so, and is white in a JPEG."},
		{Name: "kernel", Type: engine.String, Default: "auto", Values: []string{"auto", "nearest"}, Doc: "How pixels are scaled: in linear light, or `nearest` for pixel art."},
		{Name: "padding", Type: engine.Integer, Default: int64(0), Doc: "Pixels on each side: inside of width and height where both are set, else around the picture."},
		{Name: "palette", Type: engine.Setting, Accept: acceptPalette, Algorithm: 3, Doc: "How many colours the result has, 2 to 256 with a transparent one, or a list of the colours to use."},
		{Name: "dither", Type: engine.Boolean, Default: false, Doc: "Whether colours that are taken away are imitated by patterns of those that stay."},
		{Name: "quality", Type: engine.Integer, Usual: usualQuality, Doc: "Of JPEG (92 without it) and WebP (90), 1 to 100."},
		{Name: "lossless", Type: engine.Boolean, Default: false, Doc: "Whether a WebP keeps every pixel."},
		{Name: "sizes", Type: engine.Setting, Default: []float64{16, 32, 48}, Accept: acceptSizes, Doc: "The sides of the pictures in an ICO, in pixels, 1 to 256."},
	}...),
}

func usualBackground(output string) any {
	if raster.FormatOf(strings.ToLower(path.Ext(output))) == raster.JPEG {
		return "#ffffff"
	}
	return "transparent"
}

func usualQuality(output string) any {
	switch raster.FormatOf(strings.ToLower(path.Ext(output))) {
	case raster.JPEG:
		return int64(raster.DefaultQualityJPEG)
	case raster.WebP:
		return int64(raster.DefaultQualityWebP)
	}
	return nil
}

// inFiles is a value that is usual in files with that extension.
func inFiles(ext string, value any) func(output string) any {
	return func(output string) any {
		if strings.EqualFold(path.Ext(output), ext) {
			return value
		}
		return nil
	}
}

// blockCutout is the block and the Boolean that says that it stands.
const blockCutout = "cutout"

var cutoutParams = []engine.Param{
	{Name: blockCutout, Type: engine.Boolean, Default: false, Algorithm: 2, Doc: "Makes the ground transparent that is seen at the border. A painted checkerboard is refused."},
	{Name: "key", Block: blockCutout, Type: engine.Setting, Default: auto, Accept: acceptKey, Doc: "The colour of the ground, or `auto` for what the border shows."},
	{Name: "tolerance", Block: blockCutout, Type: engine.Number, Default: 0.1, Doc: "How far from the ground's colour is ground still: 0 is exact, 1 everything. It rises slowly: 0.1 is a twentieth of the way from black to white."},
	{Name: "despill", Block: blockCutout, Type: engine.Boolean, Default: true, Doc: "Whether the ground's cast is taken off the subject's edge."},
	{Name: "min_ground", Block: blockCutout, Type: engine.Number, Default: 0.9, Doc: "The share of the border, 0 to 1, that must be ground; else it fails and says what it saw."},
	{Name: "holes", Block: blockCutout, Type: engine.Boolean, Default: false, Doc: "Whether ground goes too that the subject encloses."},
}

var atlasMethod = &engine.Method{
	Name:    Atlas,
	Kind:    address.Atlas,
	Backend: backend,
	Typical: [2]int{0, 2},
	Doc:     "Many pictures on one, with a frame for each.",
	Inputs: []engine.Input{
		{Name: inputSprites, Required: true, List: true, Named: true, Min: 1, Max: sheet.MaxSprites, Doc: "The pictures: a map whose keys name the frames, or a list, whose frames have the name of the instance's key, the block or the file."},
	},
	Params: []engine.Param{
		{Name: "layout", Type: engine.String, Default: "packed", Values: []string{"packed", "grid"}, Doc: "Whether sprites are packed as closely as they fit, without turning them, or stand in cells, row by row in their order."},
		{Name: "columns", Type: engine.Integer, Doc: "How many cells of a grid stand in a row. Without it there are as many as rows."},
		{Name: "cell_size", Type: engine.Setting, Accept: acceptSize, Doc: "The `[width, height]` of a grid's cells in pixels. Without it they are as large as the largest sprite."},
		{Name: "anchor", Type: engine.Setting, Default: "center", Accept: acceptFocus, Doc: "Where a sprite stands in the cell of a grid, as `focus` of a variant."},
		{Name: "max_size", Type: engine.Integer, Default: int64(sheet.DefaultMaxSize), Doc: "How many pixels a side of the atlas may have, 1 to 16384."},
		{Name: "padding", Type: engine.Integer, Default: int64(sheet.DefaultPadding), Doc: "Pixels between frames and at the border."},
		{Name: "extrude", Type: engine.Integer, Default: int64(0), Doc: "By how many pixels a sprite's edge goes on around it, so that no neighbour shows where it is filtered."},
		{Name: "trim", Type: engine.Boolean, Default: false, Doc: "Whether transparent edges of sprites are cut off; the frame says where the sprite stood."},
		{Name: "power_of_two", Type: engine.Boolean, Default: false, Doc: "Whether both sides are powers of two."},
	},
}

var exportMethod = &engine.Method{
	Name:    Export,
	Kind:    address.Export,
	Backend: backend,
	Typical: [2]int{0, 1},
	Doc:     "What code needs to know of assets: paths, sizes, texts and frames, in the language that it is written in.",
	Inputs: []engine.Input{
		{Name: inputAssets, Required: true, List: true, Films: true, Whole: true, Min: 1, Max: maxExported, Doc: "The assets, and blocks with all their instances."},
		{Name: inputTemplate, Text: true, Accept: template.Check, Doc: "A file of the project with a template of Go's text/template, instead of `format`."},
	},
	Params: []engine.Param{
		{Name: "format", Type: engine.String, Values: export.Formats(), Doc: "The language or format. `texturepacker-hash` and `texturepacker-array` are of one atlas."},
		{Name: "base", Type: engine.Setting, Directory: true, Accept: acceptBase, Doc: "The directory that is cut off the front of paths, relative to the file it stands in. A path outside of it is an error."},
		{Name: "placeholder", Type: engine.String, Default: "none", Values: []string{"none", "thumbhash"}, Doc: "Whether pictures have a ThumbHash, a blurred likeness of some 25 bytes."},
		{Name: "package", Type: engine.String, Usual: inFiles(".go", "assets"), Doc: "The package of `go`. Without it it is assets."},
		{Name: "namespace", Type: engine.String, Usual: inFiles(".cs", "Assets"), Doc: "The namespace of `csharp`. Without it it is Assets."},
	},
}

// maxExported bounds what one export lists.
const maxExported = 100_000

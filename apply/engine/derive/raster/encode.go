package raster

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"io"

	"assetform/apply/media/webp"
)

// Format is a format in which pictures are written, called as its extension.
type Format string

// The formats.
const (
	PNG  Format = "png"
	JPEG Format = "jpg"
	WebP Format = "webp"
	GIF  Format = "gif"
	ICO  Format = "ico"
)

// FormatOf returns the format of an output's extension, ".png", or "".
func FormatOf(ext string) Format {
	switch ext {
	case ".png", ".webp", ".gif", ".ico", ".jpg":
		return Format(ext[1:])
	case ".jpeg":
		return JPEG
	}
	return ""
}

// Qualities of the formats that lose detail, those of converted pictures.
const (
	DefaultQualityJPEG = 92
	DefaultQualityWebP = 90
)

const maxSideWebP = 1<<14 - 1

// Encoding is how a picture is written.
type Encoding struct {
	Format   Format
	Quality  int    // of JPEG and WebP, 1 to 100; 0: the default
	Lossless bool   // of WebP
	Dither   bool   // where GIF has to take colours away
	Kernel   Kernel // with which the pictures of an ICO are scaled
	Sizes    []int  // of ICO, pixels a side; nil: 16, 32, 48
	// Colors and Palette are those of each picture of an ICO, as Settings have
	// them: they are scaled, which makes other colours.
	Colors  int
	Palette []color.NRGBA
}

// Check returns what is wrong with an encoding whatever the picture.
func (e *Encoding) Check() error {
	loses := e.Format == JPEG || e.Format == WebP
	switch {
	case FormatOf("."+string(e.Format)) == "":
		return fmt.Errorf("a picture is not written as %q, expected png, jpg, webp, gif or ico", e.Format)
	case e.Quality != 0 && e.Lossless:
		return errors.New("quality and lossless are set, expected one of them")
	case e.Quality != 0 && !loses:
		return fmt.Errorf("quality is set for %s, which keeps every detail: it is for jpg and webp", e.Format)
	case e.Quality < 0 || e.Quality > 100:
		return fmt.Errorf("quality is %d, expected 1 to 100", e.Quality)
	case e.Lossless && e.Format == JPEG:
		return errors.New("lossless is set for jpg, which always loses detail: use png or webp")
	case e.Lossless && e.Format != WebP:
		return fmt.Errorf("lossless is set for %s, which keeps every pixel without it: it is for webp", e.Format)
	case e.Sizes != nil && e.Format != ICO:
		return fmt.Errorf("sizes are set for %s, they are of ico", e.Format)
	}
	return e.checkSizes()
}

// CheckSize returns what the format has against a picture of that size.
func (e *Encoding) CheckSize(size image.Point) error {
	if e.Format == WebP && (size.X > maxSideWebP || size.Y > maxSideWebP) {
		return fmt.Errorf("the result would have %s, expected at most %d pixels a side in a webp", sized(size), maxSideWebP)
	}
	return nil
}

// Encode writes a picture; in JPEG what shows through lies on white. Equal pixels
// give equal bytes. After an error w must not be used.
func Encode(w io.Writer, m *image.NRGBA, e Encoding) error {
	if err := e.Check(); err != nil {
		return err
	}
	if m.Rect.Empty() {
		return errors.New("the picture has no pixels")
	}
	if err := e.CheckSize(m.Rect.Size()); err != nil {
		return err
	}
	switch e.Format {
	case JPEG:
		return encodeJPEG(w, m, e)
	case WebP:
		return encodeWebP(w, m, e)
	case GIF:
		return encodeGIF(w, m, e.Dither)
	case ICO:
		return encodeICO(w, m, e)
	}
	return encodePNG(w, m)
}

func encodeJPEG(w io.Writer, m *image.NRGBA, e Encoding) error {
	if !opaque(m) {
		m = flattened(m, color.NRGBA{R: 255, G: 255, B: 255, A: 255})
	}
	if e.Quality == 0 {
		e.Quality = DefaultQualityJPEG
	}
	// The encoder has a fast path for this type, and opaque bytes are the same.
	same := &image.RGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
	if err := jpeg.Encode(w, same, &jpeg.Options{Quality: e.Quality}); err != nil {
		return fmt.Errorf("encode JPEG: %w", err)
	}
	return nil
}

func encodeWebP(w io.Writer, m *image.NRGBA, e Encoding) error {
	if e.Lossless {
		return webp.EncodeLossless(w, m)
	}
	if e.Quality == 0 {
		e.Quality = DefaultQualityWebP
	}
	return webp.Encode(w, m, webp.Options{Quality: e.Quality})
}

// encodeGIF cuts alpha at half, for a pixel is there or not.
func encodeGIF(w io.Writer, m *image.NRGBA, dither bool) error {
	m = reduced(cutAlpha(m), MaxColors, dither)
	if err := gif.EncodeAll(w, &gif.GIF{Image: []*image.Paletted{paletted(m, colorsOf(m, MaxColors))}, Delay: []int{0}}); err != nil {
		return fmt.Errorf("encode GIF: %w", err)
	}
	return nil
}

// cutAlpha makes pixels whole or transparent. It returns m where they are.
func cutAlpha(m *image.NRGBA) *image.NRGBA {
	if opaque(m) {
		return m
	}
	out := image.NewNRGBA(m.Rect)
	for y := range m.Rect.Dy() {
		from, to := row(m, y), row(out, y)
		for ; len(from) >= 4; from, to = from[4:], to[4:] {
			if from[3] >= 128 {
				to[0], to[1], to[2], to[3] = from[0], from[1], from[2], 255
			}
		}
	}
	return out
}

// paletted is a picture as places in its colours.
func paletted(m *image.NRGBA, colors []color.NRGBA) *image.Paletted {
	palette := make(color.Palette, len(colors))
	find := newIndexes(len(colors))
	for i, c := range colors {
		palette[i] = c
		find.add(c, i)
	}
	out := image.NewPaletted(m.Rect, palette)
	for y := range m.Rect.Dy() {
		to := out.Pix[y*out.Stride:]
		for x, p := 0, row(m, y); len(p) >= 4; x, p = x+1, p[4:] {
			c := colorOf(p)
			if c.A == 0 {
				c = color.NRGBA{}
			}
			place, _ := find.find(c)
			to[x] = uint8(place)
		}
	}
	return out
}

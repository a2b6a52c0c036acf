package drawing

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sheetRequests are drawn side by side in testdata/sheet.png: the golden of
// every place, style, weather and kind of cast, and a picture to look at.
var sheetRequests = []Request{
	{Prompt: "A castle on a cliff above the sea at sunset"},
	{Prompt: "Snowy mountains at sunrise", Model: "nano_banana_pro"},
	{Prompt: "Misty pine forest in the morning"},
	{Prompt: "Futuristic city at sunset, cyberpunk style", Model: "nano_banana"},
	{Prompt: "Pirate ship on a stormy sea"},
	{Prompt: "A stone bridge over a gorge in the mountains"},
	{Prompt: "A rocket near a purple planet"},
	{Prompt: "A knight with a red cape, full figure, painterly", Aspect: "portrait"},
	{Prompt: "A tavern in winter, snow, night"},
	{Prompt: "A dragon over burning mountains", Model: "nano_banana"},
	{Prompt: "Throne room interior with torchlight"},
	{Prompt: "Abstract teal and orange background"},
	{Prompt: "Game icon of a bubbling health potion, red", Aspect: "square"},
	{Prompt: `Round icon badge that says "New" in EN`, Aspect: "square"},
	{Prompt: "Golden key", Aspect: "square"},
	{Prompt: "A brown paper bag of coffee on a plain ground", Aspect: "square", Model: "nano_banana_pro"},
	{Prompt: "The knight duels a red dragon on the bridge at sunset"},
	{Prompt: "A robot in a neon city, rain"},
	{Prompt: "Pixel art of a wizard and a castle"},
	{Prompt: "Ink drawing of a wolf in the woods"},
	{Prompt: "Watercolour of a harbour with boats, mountains"},
	{Prompt: "A red bicycle in the city by day"},
	{Prompt: "Green hills under a pink sky, blue train"},
	{Prompt: "Hot air balloons over a lake at dawn"},
	{Prompt: "Something no word list knows"},
	{Prompt: "A crystal cave with an alien, teal"},
	{Prompt: "A lighthouse on an island at night"},
	{Prompt: "A waterfall in the jungle by day", Aspect: "portrait"},
}

const (
	sheetCols  = 4
	tileW      = 252
	tileH      = 144
	goldenFile = "sheet.png"
)

func tileOf(i int) image.Rectangle {
	return image.Rect(0, 0, tileW, tileH).Add(image.Pt(i%sheetCols*tileW, i/sheetCols*tileH))
}

func TestSheet(t *testing.T) {
	withoutRace(t)
	t.Parallel()
	rows := (len(sheetRequests) + sheetCols - 1) / sheetCols
	sheet := newCanvas(sheetCols*tileW, rows*tileH)
	sheet.rect(0, 0, sheet.w, sheet.h, flat(hex(0x15161b)))
	for i, r := range sheetRequests {
		r.Method, r.NoCaption = MethodImage, true
		m := contain(Image(r), tileW-4, tileH-4)
		at := tileOf(i)
		sheet.over(m, at.Min.X+(tileW-m.Rect.Dx())/2, at.Min.Y+2, 255)
	}
	path := filepath.Join("testdata", goldenFile)
	if *update {
		var b bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, sheet); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := readPNG(t, path)
	if want.Rect != sheet.Rect {
		t.Fatalf("golden is %v, drew %v; run with -update and look at the picture", want.Rect, sheet.Rect)
	}
	for i, r := range sheetRequests {
		if n := differing(crop(want, tileOf(i)), crop(sheet.RGBA, tileOf(i))); n > 0 {
			t.Errorf("%s: %d pixels differ from the golden; if meant, run with -update and look at the picture", label(r), n)
		}
	}
}

func label(r Request) string { return fmt.Sprintf("%q %s seed %d", r.Prompt, r.Aspect, r.Seed) }

func readPNG(t *testing.T, path string) *image.RGBA {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return toRGBA(m)
}

// differing counts the pixels that are not the same.
func differing(a, b *image.RGBA) int {
	n := 0
	for i := 0; i < len(a.Pix); i += 4 {
		if [4]byte(a.Pix[i:]) != [4]byte(b.Pix[i:]) {
			n++
		}
	}
	return n
}

// meanDifference is the average of the channel differences, 0..255.
func meanDifference(a, b *image.RGBA) int {
	sum := 0
	for i := range a.Pix {
		if i%4 < 3 {
			sum += abs(int(a.Pix[i]) - int(b.Pix[i]))
		}
	}
	return sum / (len(a.Pix) / 4 * 3)
}

package apply

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"testing"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
)

// TestPreview holds what a server can put on a person's screen: a small PNG
// that was made here of a picture that is one.
func TestPreview(t *testing.T) {
	for name, test := range map[string]struct {
		result  []byte
		shown   bool
		refused bool
	}{
		"picture":   {result: pngOf(t, 640, 480), shown: true},
		"small":     {result: pngOf(t, 5, 7), shown: true},
		"thin":      {result: pngOf(t, 4000, 1), shown: true},
		"no image":  {result: []byte("\x1b]0;title\a"), refused: true},
		"cut":       {result: pngOf(t, 640, 480)[:200], refused: true},
		"too large": {result: append(pngOf(t, 64, 64), make([]byte, maxPreviewBytes)...), refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				api := newFakeAPI()
				api.result = func(engine.Request) []byte { return test.result }
				created, err := api.Submit(context.Background(), asking("A cat"), "")
				if err != nil {
					t.Fatal(err)
				}
				small, ok, err := Preview(context.Background(), imaginator.NewDriver(api), created.TaskID, 256)
				if ok != test.shown || (err != nil) != test.refused {
					t.Fatalf("shown: %v, error: %v", ok, err)
				}
				if name == "too large" && !errors.Is(err, errPreviewSize) {
					t.Errorf("error: %v", err)
				}
				if !ok {
					return
				}
				c, err := png.DecodeConfig(bytes.NewReader(small))
				if err != nil || c.Width > 256 || c.Height > 256 || c.Width < 1 || c.Height < 1 {
					t.Errorf("%+v, %v", c, err)
				}
			})
		})
	}
}

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(i * i >> 3)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

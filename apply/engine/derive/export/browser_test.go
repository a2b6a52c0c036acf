package export_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"assetform/apply/engine/derive/export"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

func itoa(n int) string { return strconv.Itoa(n) }

// page shows a frame by CSS and loads both of TexturePacker's forms, by Phaser
// and, as far as it reads names, by Pixi. What they know then of each frame is in
// window.got.
const page = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="game/assets.css"><body>
<script src="pixi.js"></script><script src="phaser.js"></script>
<i class="units-sword"></i>
<script>
const got = window.got = {}, frames = (name, textures, read) => {
	got[name] = Object.fromEntries(Object.keys(textures).map(k => [k, read(textures[k])]));
};
const pixi = async form => {
	const sheet = await PIXI.Assets.load("game/" + form + ".json");
	frames("pixi " + form, sheet.textures, t => [t.frame.x, t.frame.y, t.frame.width, t.frame.height, t.trim?.x ?? 0, t.trim?.y ?? 0, t.orig.width, t.orig.height]);
};
const phaser = form => new Promise(done => new Phaser.Game({type: Phaser.CANVAS, banner: false, audio: {noAudio: true}, scene: {
	preload() { this.load.atlas("units", "game/units.png", "game/" + form + ".json"); },
	create() {
		const texture = this.textures.get("units"), named = {};
		for (const name of texture.getFrameNames()) named[name] = texture.get(name);
		frames("phaser " + form, named, f => [f.cutX, f.cutY, f.cutWidth, f.cutHeight, f.x, f.y, f.realWidth, f.realHeight]);
		done();
	},
}}));
(async () => {
	await pixi("hash");
	for (const form of ["hash", "array"]) await phaser(form);
	const style = getComputedStyle(document.querySelector("i"));
	got.css = [style.width, style.height, style.paddingRight, style.backgroundPosition, style.backgroundImage.replace(/^.*\/game\//, "game/")].join(" ");
	window.done = "done";
})().catch(e => window.done = String(e));
</script>`

// TestBrowserAtlas has the programs read an atlas for which it is written.
func TestBrowserAtlas(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(atlasFiles(t))
	t.Cleanup(server.Close)
	ctx := openBrowser(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/")); err != nil {
		t.Fatal(err)
	}
	var done string
	for end := time.Now().Add(2 * time.Minute); done == "" && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		done, _ = chromedp.Run(ctx, chromedp.Evaluate[string](`window.done ?? ""`))
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[map[string]any](`window.got`))
	if err != nil || done != "done" {
		t.Fatalf("%v: %s, %v", err, done, got)
	}
	frames := map[string]any{
		"sword": []any{2.0, 2.0, 60.0, 64.0, 2.0, 0.0, 64.0, 64.0},
		"hero":  []any{66.0, 2.0, 32.0, 48.0, 0.0, 0.0, 32.0, 48.0},
	}
	want := map[string]any{
		"css":       `64px 64px 2px -2px -2px game/units.png")`,
		"pixi hash": frames, "phaser hash": frames, "phaser array": frames,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func atlasFiles(t *testing.T) http.Handler {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewNRGBA(image.Rect(0, 0, 128, 128))); err != nil {
		t.Fatal(err)
	}
	records := []export.Record{units()}
	files := map[string][]byte{
		"/":                []byte(page),
		"/pixi.js":         library(t, "pixi.js", "pixi.min.js"),
		"/phaser.js":       library(t, "phaser", "phaser.min.js"),
		"/game/units.png":  picture.Bytes(),
		"/game/assets.css": render(t, "css", records, settings()),
		"/game/hash.json":  render(t, "texturepacker-hash", records, settings()),
		"/game/array.json": render(t, "texturepacker-array", records, settings()),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, filepath.Base(r.URL.Path)+map[bool]string{true: ".html"}[r.URL.Path == "/"], time.Time{}, bytes.NewReader(content))
	})
}

// library reads what a package of npm has for browsers.
func library(t *testing.T, name, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(module(t, name), "dist", file))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func openBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(tool(t, "chromium")), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	tab, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel := context.WithTimeout(tab, 3*time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(fmt.Errorf("start the browser: %w", err))
	}
	return ctx
}

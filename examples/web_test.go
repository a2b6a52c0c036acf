package examples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// TestWebPage applies the site of a shop, and looks at what it ships as those
// who get it do: a checker of HTML, the compiler of TypeScript and a browser,
// on screens of three widths. The poster is a frame of the film if ffmpeg is
// there.
//
// ASSETFORM_REQUIRE_TOOLS=1 says that ffmpeg, and html-validate and typescript
// where NODE_PATH leads, have to be there, and ASSETFORM_REQUIRE_BROWSER=1 that
// Chromium has to.
func TestWebPage(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	p := &page{t: t, dir: t.TempDir(), program: filepath.Join(buildProgram(t), "assetform")}
	p.assetform("init", "--example", "web")
	apply := []string{"apply", "--auto-approve"}
	if _, err := exec.LookPath("ffmpeg"); err == nil {
		apply = append(apply, "--var", "poster_at=1.5")
	} else if os.Getenv("ASSETFORM_REQUIRE_TOOLS") == "1" {
		t.Error("ASSETFORM_REQUIRE_TOOLS is set, but there is no ffmpeg")
	}
	p.assetform(apply...)
	for name, test := range map[string]func(*testing.T, string){"html": checkHTML, "typescript": checkTypeScript, "browser": browseWeb} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, p.dir)
		})
	}
}

func checkHTML(t *testing.T, dir string) {
	checker := filepath.Join(npmPackage(t, "html-validate"), "bin", "html-validate.mjs")
	out, err := exec.Command("node", checker, "--preset", "recommended", filepath.Join(dir, "public", "index.html")).CombinedOutput()
	if err != nil {
		t.Errorf("html-validate: %v\n%s", err, out)
	}
}

// checkTypeScript compiles the list together with the README's own code for it,
// and runs that with as much of a browser's document as it needs.
func checkTypeScript(t *testing.T, dir string) {
	compiler := filepath.Join(npmPackage(t, "typescript"), "bin", "tsc")
	readme, err := os.ReadFile(filepath.Join("web", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(readme), "```ts\n")
	code, _, found := strings.Cut(code, "```\n")
	if !found {
		t.Fatal("the README has no code in TypeScript")
	}
	src := filepath.Join(dir, "src")
	if err := os.WriteFile(filepath.Join(src, "picture.ts"), []byte(code), 0o666); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		cmd := exec.Command("node", args...)
		cmd.Dir = src
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("node %q: %v\n%s", args, err, out)
		}
		return out
	}
	run(compiler, "--strict", "--target", "es2022", "--module", "commonjs", "--lib", "es2022,dom", "picture.ts")
	var got map[string]any
	if err := json.Unmarshal(run("-e", madePicture), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"srcset": "img/mug-384.webp 384w, img/mug-640.webp 640w, img/mug-960.webp 960w",
		"img":    []any{960.0, 768.0, "img/mug.jpg", "A mug of hot coffee"}, "thumbhash": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const madePicture = `
globalThis.document = {createElement: () => ({append(...parts) { this.parts = parts; }})};
globalThis.Image = class { constructor(width, height) { Object.assign(this, {width, height}); } };
const [source, img] = require("./picture").mug().parts, {assets} = require("./assets.gen");
console.log(JSON.stringify({srcset: source.srcset, img: [img.width, img.height, img.src, img.alt],
	thumbhash: atob(assets.variant.hero.wide.thumbhash).length > 10}));`

// npmPackage returns the directory of a package of npm.
func npmPackage(t *testing.T, name string) string {
	t.Helper()
	const find = `const name = process.argv[1], at = require.resolve(name), end = "node_modules/" + name + "/"; at.slice(0, at.indexOf(end) + end.length)`
	out, err := exec.Command("node", "-p", find, name).Output()
	if err != nil {
		required(t, "package "+name+" of npm in NODE_PATH", "ASSETFORM_REQUIRE_TOOLS")
	}
	return strings.TrimSpace(string(out))
}

// A site is what public/ looks like to a browser; it notes what is missing.
type site struct {
	files http.Handler

	mu      sync.Mutex
	served  map[string]bool
	missing []string
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := &noted{ResponseWriter: w, code: http.StatusOK}
	s.files.ServeHTTP(answer, r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.served[strings.TrimPrefix(r.URL.Path, "/")] = true; answer.code >= 400 {
		s.missing = append(s.missing, r.URL.Path)
	}
}

type noted struct {
	http.ResponseWriter
	code int
}

func (n *noted) WriteHeader(code int) {
	n.code = code
	n.ResponseWriter.WriteHeader(code)
}

// screens are those that the page is looked at on, and which of the files a
// browser takes there for the hero and for a product.
var screens = []struct {
	width, height int64
	scale         float64
	hero, product string
}{
	{390, 844, 1, "img/hero-tall-384.webp", "img/bag-384.webp"},
	{390, 844, 2, "img/hero-tall-768.webp", "img/bag-960.webp"},
	{390, 844, 3, "img/hero-tall-768.webp", "img/bag-960.webp"},
	{820, 1180, 1, "img/hero-wide-800.webp", "img/bag-384.webp"},
	{820, 1180, 2, "img/hero-wide-1344.webp", "img/bag-640.webp"},
	{1440, 900, 1, "img/hero-wide-1344.webp", "img/bag-384.webp"},
	{1440, 900, 2, "img/hero-wide-1344.webp", "img/bag-960.webp"},
}

const (
	shownFiles = `[...document.querySelectorAll("picture img")].map(i => decodeURI(new URL(i.currentSrc).pathname.slice(1)))`
	// The pictures further down are loaded once they are near.
	allLoaded = `(() => { for (const i of document.images) i.loading = "eager"; return [...document.images].every(i => i.complete && i.naturalWidth > 0); })()`
	// Each has room of its own shape before it is there.
	unsized = `[...document.images].filter(i => {
		const sources = [...(i.closest("picture")?.querySelectorAll("source[width]") ?? [])];
		const says = sources.find(s => s.srcset.includes(new URL(i.currentSrc).pathname.slice(1))) ?? i;
		return !(Math.abs(says.getAttribute("width") / says.getAttribute("height") - i.naturalWidth / i.naturalHeight) < 0.01);
	}).map(i => i.currentSrc)`
	moved = `new Promise(done => {
		let sum = 0;
		new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; }).observe({type: "layout-shift", buffered: true});
		setTimeout(() => done(sum), 100);
	})`
)

func browseWeb(t *testing.T, dir string) {
	p := &page{t: t, dir: dir, program: filepath.Join(buildProgram(t), "assetform")}
	chromium := findChromium(t)
	s := &site{files: http.FileServer(http.Dir(filepath.Join(dir, "public"))), served: map[string]bool{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	p.open(chromium)
	if _, err := chromedp.Call(p.ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}); err != nil {
		t.Fatal(err)
	}
	for _, screen := range screens {
		where := fmt.Sprintf("%d pixels at %g", screen.width, screen.scale)
		p.do(chromedp.EmulateViewport(screen.width, screen.height, chromedp.EmulateScale(screen.scale)), chromedp.Navigate(server.URL+"/"))
		p.wait(allLoaded)
		files := js[[]string](p, shownFiles)
		if len(files) != 4 || files[0] != screen.hero || files[1] != screen.product {
			t.Errorf("%s: the browser took %q, want %s, %s and two more", where, files, screen.hero, screen.product)
		}
		if wide := js[int64](p, `document.documentElement.scrollWidth`); wide > screen.width {
			t.Errorf("%s: the page is %d pixels wide", where, wide)
		}
		if sum := awaited[float64](p, moved); sum > 0 {
			t.Errorf("%s: the page moved by %g while it loaded", where, sum)
		}
		if wrong := js[[]string](p, unsized); len(wrong) > 0 {
			t.Errorf("%s: width and height are not of the pictures %q", where, wrong)
		}
		if small := js[[]string](p, tooSmall); len(small) > 0 {
			t.Errorf("%s: too small to be hit: %q", where, small)
		}
	}
	if *update {
		p.do(chromedp.EmulateViewport(1440, 1320))
		p.savePicture(filepath.Join("docs", "web.png"))
	}
	p.checkIcons()
	p.checkFilm()
	p.checkFallback()
	p.checkServed(s, server.URL)
}

// awaited is what a promise comes to.
func awaited[T any](p *page, promise string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](promise, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", promise, err)
	}
	return v
}

// tooSmall lists links that no finger hits.
const tooSmall = `[...document.links].filter(a => a.getBoundingClientRect().height < 24).map(a => a.textContent)`

// checkIcons loads what the page names as its icons.
func (p *page) checkIcons() {
	p.t.Helper()
	got := awaited[map[string]int](p, `(async () => {
		const sizes = {};
		for (const link of document.querySelectorAll("link[rel*=icon]")) {
			const icon = new Image();
			icon.src = link.href;
			await icon.decode();
			sizes[link.rel] = icon.naturalWidth;
		}
		return sizes;
	})()`)
	if got["icon"] < 16 || got["icon"] > 48 || got["apple-touch-icon"] != 180 {
		p.t.Errorf("icons are %v pixels wide", got)
	}
}

// checkFilm wants to see the poster on the page, and the film to be what the
// page says.
func (p *page) checkFilm() {
	p.t.Helper()
	const upper = 0.6 // below are the controls
	poster, err := jpeg.Decode(bytes.NewReader(p.read("public/img/product-poster.jpg")))
	if err != nil {
		p.t.Fatal(err)
	}
	awaited[bool](p, `(async () => { const i = new Image(); i.src = document.querySelector("video").poster; await i.decode(); return true; })()`)
	shot, err := chromedp.Run(p.ctx, chromedp.Screenshot("video"))
	if err != nil {
		p.t.Fatal(err)
	}
	seen := decodePNG(p.t, shot)
	scale := float64(poster.Bounds().Dx()) / float64(seen.Rect.Dx())
	for y := 0.1; y < upper; y += 0.1 {
		for x := 0.1; x < 0.95; x += 0.1 {
			at := image.Pt(int(x*float64(seen.Rect.Dx())), int(y*float64(seen.Rect.Dy())))
			want := mean(poster, image.Pt(int(float64(at.X)*scale), int(float64(at.Y)*scale)))
			if got := mean(seen, at); math.Abs(got[0]-want[0])+math.Abs(got[1]-want[1])+math.Abs(got[2]-want[2]) > 60 {
				p.t.Errorf("at %v the film shows %.0f, and its poster has %.0f", at, got, want)
			}
		}
	}
	film := awaited[[]int](p, `new Promise((done, fail) => {
		const v = document.querySelector("video");
		v.onerror = () => fail(v.error.message);
		v.onloadeddata = () => done([v.videoWidth - v.getAttribute("width"), v.videoHeight - v.getAttribute("height")]);
		v.preload = "auto";
		v.load();
	})`)
	if diff := cmp.Diff([]int{0, 0}, film); diff != "" {
		p.t.Errorf("the film is not as large as the page says: %v", film)
	}
}

// mean is the colour round a point.
func mean(m image.Image, at image.Point) [3]float64 {
	const side = 24
	var sum [3]float64
	for y := range side {
		for x := range side {
			r, g, b, _ := m.At(at.X+x-side/2, at.Y+y-side/2).RGBA()
			for i, c := range []uint32{r, g, b} {
				sum[i] += float64(c>>8) / side / side
			}
		}
	}
	return sum
}

// checkFallback takes WebP away.
func (p *page) checkFallback() {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(390, 844))
	p.wait(`(document.querySelectorAll("source[type='image/webp']").forEach(s => s.remove()), true)`)
	p.wait(`[...document.querySelectorAll("picture img")].every(i => i.currentSrc.endsWith(".jpg"))`)
	p.wait(allLoaded)
	want := []string{"img/hero-tall.jpg", "img/bag.jpg", "img/mug.jpg", "img/gift.jpg"}
	if diff := cmp.Diff(want, js[[]string](p, shownFiles)); diff != "" {
		p.t.Errorf("without WebP (-want +got):\n%s", diff)
	}
	p.do(chromedp.EmulateViewport(1440, 900))
	p.wait(`document.querySelector(".hero img").currentSrc.endsWith("/img/hero-wide.jpg")`)
	p.wait(allLoaded)
}

// checkServed wants all that was asked for to be there, no word of the browser,
// and no picture that nobody asks for.
func (p *page) checkServed(s *site, origin string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range p.complaints {
		p.t.Errorf("the browser complains: %s", text)
	}
	for _, url := range p.requests {
		if !strings.HasPrefix(url, origin+"/") && !strings.HasPrefix(url, "data:") { // the browser draws its buttons so
			p.t.Errorf("the page asked for %s", url)
		}
	}
	if len(s.missing) > 0 {
		p.t.Errorf("not there: %q", s.missing)
	}
	for _, name := range []string{"favicon.ico", "apple-touch-icon.png", "style.css", "product.mp4", "img/product-poster.jpg", "badges/en-new.png"} {
		if !s.served[name] {
			p.t.Errorf("nobody asked for %s", name)
		}
	}
}

package examples

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "take the pictures of the pages in examples/docs anew")

// TestGamePage applies the game and opens its page in a browser, with Phaser
// from npm: every icon of the sheet is drawn where it should be, to the pixel.
//
// Chromium has to be there if ASSETFORM_REQUIRE_BROWSER=1 or
// ASSETFORM_REQUIRE_TOOLS=1 say so, Phaser (where NODE_PATH leads) if the
// latter does.
func TestGamePage(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	p := &page{t: t, dir: t.TempDir(), program: filepath.Join(buildProgram(t), "assetform")}
	chromium, phaser := findChromium(t), findPhaser(t)
	p.assetform("init", "--example", "game")
	p.assetform("apply", "--auto-approve")
	p.install(phaser)
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(p.dir, "page"))))
	t.Cleanup(server.Close)
	p.open(chromium)

	p.do(chromedp.EmulateViewport(1280, 1000), chromedp.Navigate(server.URL+"/index.html"))
	p.wait(`document.documentElement.dataset.inventory === "drawn"`)
	p.wait(`[...document.images].length === 3 && document.querySelector("#idle").readyState >= 2`)
	p.checkFrames()
	p.checkPixels()
	if *update {
		p.savePicture(filepath.Join("docs", "game.png"))
	}
	p.do(chromedp.MouseClickXY(p.centre("key")))
	p.wait(`document.querySelector("#chosen").textContent.startsWith("key: ")`)

	p.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2)), chromedp.Navigate(server.URL+"/index.html"))
	p.wait(`document.documentElement.dataset.inventory === "drawn"`)
	p.checkNarrow()
	p.checkCalm(server.URL)
}

// page is the game in a directory of its own, and a tab that shows its page.
type page struct {
	t            *testing.T
	dir, program string
	ctx          context.Context

	mu         sync.Mutex
	requests   []string
	complaints []string
}

func (p *page) assetform(args ...string) {
	p.t.Helper()
	cmd := exec.Command(p.program, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "IMAGINATOR_API_KEY=", "CI=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("assetform %q: %v\n%s", args, err, out)
	}
}

// required says of what is not on the machine whether a variable asks for it.
func required(t *testing.T, what string, variables ...string) {
	t.Helper()
	for _, v := range variables {
		if os.Getenv(v) == "1" {
			t.Fatalf("%s is set, but there is no %s", v, what)
		}
	}
	t.Skipf("no %s", what)
}

func findChromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	required(t, "Chromium", "ASSETFORM_REQUIRE_BROWSER", "ASSETFORM_REQUIRE_TOOLS")
	return ""
}

// findPhaser returns the directory of the package.
func findPhaser(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("node", "-p", `require("path").dirname(require.resolve("phaser/package.json"))`).Output()
	if err != nil {
		required(t, "package phaser of npm in NODE_PATH", "ASSETFORM_REQUIRE_TOOLS")
	}
	return strings.TrimSpace(string(out))
}

// install puts Phaser where "npm install" would, in the version that the page
// asks for.
func (p *page) install(phaser string) {
	p.t.Helper()
	var wanted struct{ Dependencies map[string]string }
	var found struct{ Version string }
	readJSON(p.t, filepath.Join(p.dir, "page", "package.json"), &wanted)
	readJSON(p.t, filepath.Join(phaser, "package.json"), &found)
	if wanted.Dependencies["phaser"] != found.Version {
		p.t.Errorf("Phaser %s is here, the page asks for %s", found.Version, wanted.Dependencies["phaser"])
	}
	const script = "dist/phaser.min.js"
	content, err := os.ReadFile(filepath.Join(phaser, script))
	if err != nil {
		p.t.Fatal(err)
	}
	to := filepath.Join(p.dir, "page", "node_modules", "phaser", script)
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o666); err != nil {
		p.t.Fatal(err)
	}
}

func readJSON(t *testing.T, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (p *page) open(chromium string) {
	p.t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(p.t.TempDir()))
	allocator, cancel := chromedp.NewExecAllocator(p.t.Context(), options...)
	p.t.Cleanup(cancel)
	tab, cancel := chromedp.NewContext(allocator)
	p.t.Cleanup(cancel)
	ctx, cancel := context.WithTimeout(tab, 5*time.Minute)
	p.t.Cleanup(cancel)
	p.ctx = ctx
	if err := chromedp.Listen(tab, p.note); err != nil {
		p.t.Fatal(err)
	}
	_, networkErr := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	_, logErr := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	_, runtimeErr := chromedp.Call(ctx, cdpruntime.Enable, cdp.Empty{})
	for _, err := range []error{networkErr, logErr, runtimeErr} {
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *page) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			p.complaints = append(p.complaints, e.Entry.Text+" "+e.Entry.URL)
		}
	case *cdpruntime.EventExceptionThrown:
		p.complaints = append(p.complaints, e.ExceptionDetails.Text)
	case *cdpruntime.EventConsoleAPICalled:
		if e.Type == cdpruntime.ConsoleAPICalledTypeError {
			text := "console.error"
			for _, arg := range e.Args {
				text += " " + string(arg.Value)
			}
			p.complaints = append(p.complaints, text)
		}
	}
}

// checkCalm wants no error, and no request to anything but the page's server.
func (p *page) checkCalm(origin string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range p.complaints {
		p.t.Errorf("the browser complains: %s", text)
	}
	for _, url := range p.requests {
		if !strings.HasPrefix(url, origin) && !strings.HasPrefix(url, "blob:") && !strings.HasPrefix(url, "data:") {
			p.t.Errorf("the page asked for %s", url)
		}
	}
	if !slices.Contains(p.requests, origin+"/assets/icons.png") {
		p.t.Errorf("the sheet was not asked for: %q", p.requests)
	}
}

func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

func js[T any](p *page, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func (p *page) wait(condition string) {
	p.t.Helper()
	var ok bool
	for end := time.Now().Add(2 * time.Minute); !ok && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		ok, _ = chromedp.Run(p.ctx, chromedp.Evaluate[bool](condition)) // it may not be there yet
	}
	if !ok {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.t.Fatalf("never true: %s; the browser says %q", condition, p.complaints)
	}
}

// checkFrames wants Phaser to know the frames that the lock has, one for each
// line of the table.
func (p *page) checkFrames() {
	p.t.Helper()
	var lock struct {
		Assets map[string]struct{ Frames map[string][]int }
	}
	readJSON(p.t, filepath.Join(p.dir, "assetform.lock.json"), &lock)
	want := lock.Assets["atlas.icons"].Frames
	got := js[map[string][]int](p, `Object.fromEntries(game.textures.get("icons").getFrameNames().map(name => {
		const f = game.textures.get("icons").get(name), rest = [f.x, f.y, f.realWidth, f.realHeight];
		return [name, [f.cutX, f.cutY, f.cutWidth, f.cutHeight, ...(f.trimmed ? rest : [])]];
	}))`)
	if diff := cmp.Diff(want, got); diff != "" {
		p.t.Errorf("frames of the lock (-) and of Phaser (+):\n%s", diff)
	}
	table, err := os.ReadFile(filepath.Join("game", "data", "items.csv"))
	if items := strings.Count(strings.TrimSpace(string(table)), "\n"); err != nil || len(got) != items || items == 0 {
		p.t.Errorf("%d frames for %d lines (%v)", len(got), items, err)
	}
}

// item is an icon as it is drawn: where its frame begins on the canvas, what of
// the sheet it shows, and its size on the screen beside that in its own pixels.
type item struct {
	Name       string
	X, Y, W, H int
	FromX      int
	FromY      int
	Scale      float64
}

const drawnItems = `game.scene.getScene("inventory").slots.map(({name, icon}) => ({name, scale: icon.scaleX,
	x: Math.round(icon.x - icon.displayWidth / 2 + icon.frame.x * icon.scaleX), y: Math.round(icon.y - icon.displayHeight / 2 + icon.frame.y * icon.scaleY),
	w: icon.frame.cutWidth, h: icon.frame.cutHeight, fromX: icon.frame.cutX, fromY: icon.frame.cutY}))`

// checkPixels compares what the canvas shows with the sheet: where the icon is
// opaque its own colour, where it is clear that of the slot.
func (p *page) checkPixels() {
	p.t.Helper()
	sheet := decodePNG(p.t, p.read("page/assets/icons.png"))
	canvas := p.canvas()
	for _, it := range js[[]item](p, drawnItems) {
		if it.Scale != 1 {
			p.t.Fatalf("%s is drawn %g times as large", it.Name, it.Scale)
		}
		opaque, clear, wrong := 0, 0, 0
		for y := range it.H {
			for x := range it.W {
				want, got := sheet.NRGBAAt(it.FromX+x, it.FromY+y), canvas.NRGBAAt(it.X+x, it.Y+y)
				switch want.A {
				case 255:
					opaque++
				case 0:
					clear++
					want.R, want.G, want.B = 0x2a, 0x21, 0x36
				default:
					continue
				}
				if max(apart(want.R, got.R), apart(want.G, got.G), apart(want.B, got.B)) > 3 {
					wrong++
				}
			}
		}
		if wrong > 0 || opaque < it.W*it.H/8 || clear < it.W*it.H/20 {
			p.t.Errorf("%s at %d, %d: %d pixels are wrong, of %d opaque and %d clear ones", it.Name, it.X, it.Y, wrong, opaque, clear)
		}
	}
}

func apart(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }

// checkNarrow looks at the page as wide as a phone: nothing reaches out of it,
// and the icons are drawn there too.
func (p *page) checkNarrow() {
	p.t.Helper()
	if wide := js[int](p, `document.documentElement.scrollWidth`); wide > 390 {
		p.t.Errorf("the page is %d pixels wide", wide)
	}
	canvas := p.canvas()
	rows := map[int]bool{}
	for _, it := range js[[]item](p, drawnItems) {
		rows[it.Y/100] = true
		middle := image.Pt(it.X+int(float64(it.W)*it.Scale/2), it.Y+int(float64(it.H)*it.Scale/2))
		if c := canvas.NRGBAAt(middle.X, middle.Y); !middle.In(canvas.Rect) || c.R == 0x2a && c.G == 0x21 || c.R < 0x20 && c.G < 0x20 {
			p.t.Errorf("%s is not seen at %v of %v: %v", it.Name, middle, canvas.Rect, c)
		}
	}
	if len(rows) < 2 {
		p.t.Errorf("all icons stand in one row")
	}
}

// canvas is what the inventory looks like on the page, in its pixels.
func (p *page) canvas() *image.NRGBA {
	p.t.Helper()
	shot, err := chromedp.Run(p.ctx, chromedp.Screenshot("#inventory canvas"))
	if err != nil {
		p.t.Fatal(err)
	}
	return decodePNG(p.t, shot)
}

// centre is the middle of an item in the window.
func (p *page) centre(name string) (x, y float64) {
	p.t.Helper()
	at := js[[]float64](p, fmt.Sprintf(`(() => {
		const {left, top} = document.querySelector("#inventory canvas").getBoundingClientRect();
		const {icon} = game.scene.getScene("inventory").slots.find(it => it.name === %q);
		return [left + icon.x, top + icon.y];
	})()`, name))
	return at[0], at[1]
}

func (p *page) read(name string) []byte {
	p.t.Helper()
	b, err := os.ReadFile(filepath.Join(p.dir, filepath.FromSlash(name)))
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

func decodePNG(t *testing.T, b []byte) *image.NRGBA {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Set(x, y, m.At(m.Bounds().Min.X+x, m.Bounds().Min.Y+y))
		}
	}
	return out
}

// savePicture takes a picture of the page and has assetform make it small.
func (p *page) savePicture(name string) {
	p.t.Helper()
	shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	const config = `variant "page" {
  source  = "page.png"
  width   = 800
  palette = 128
  output  = "small.png"
}
`
	small := &page{t: p.t, dir: p.t.TempDir(), program: p.program}
	for file, content := range map[string][]byte{"page.png": shot, "main.asset.hcl": []byte(config)} {
		if err := os.WriteFile(filepath.Join(small.dir, file), content, 0o666); err != nil {
			p.t.Fatal(err)
		}
	}
	small.assetform("apply", "--auto-approve")
	if err := os.WriteFile(name, small.read("small.png"), 0o666); err != nil {
		p.t.Fatal(err)
	}
}

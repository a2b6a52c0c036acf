package report_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"assetform/plan"
	"assetform/plan/render/report"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// onDisk writes a report to disk and gives the address of its directory.
func onDisk(t *testing.T, m *memory) string {
	t.Helper()
	dir := t.TempDir()
	m.save(t, dir)
	return "file://" + filepath.ToSlash(dir)
}

// served has the report behind a server.
func served(t *testing.T, m *memory) string {
	t.Helper()
	dir := t.TempDir()
	m.save(t, dir)
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	return server.URL
}

// drag moves the pointer, pressed, across an element; from and to are parts of
// its width.
func (b *browser) drag(selector string, from, to float64) {
	b.t.Helper()
	x, y, w, h := b.box(selector)
	b.run(chromedp.DragAndDropXY(x+from*w, y+h/2, x+to*w, y+h/2))
}

func (b *browser) box(selector string) (x, y, w, h float64) {
	b.t.Helper()
	box := js[[]float64](b, fmt.Sprintf(`(() => { const r = document.querySelector(%q).getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })()`, selector))
	return box[0], box[1], box[2], box[3]
}

// pixels is what the screen shows of an element.
func (b *browser) pixels(selector string) image.Image {
	b.t.Helper()
	shot, err := chromedp.Run(b.ctx, chromedp.Screenshot(selector))
	if err != nil {
		b.t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		b.t.Fatal(err)
	}
	return img
}

// near compares the pixel at a part of a picture's width, in the middle of its
// height.
func near(t *testing.T, what string, img image.Image, at float64, want color.RGBA) {
	t.Helper()
	r := img.Bounds()
	got := color.RGBAModel.Convert(img.At(r.Min.X+int(at*float64(r.Dx())), r.Min.Y+r.Dy()/2)).(color.RGBA)
	for _, d := range []int{int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B)} {
		if math.Abs(float64(d)) > 6 {
			t.Errorf("%s: at %v the screen shows %v, want %v", what, at, got, want)
			return
		}
	}
}

const (
	shownMode  = `document.querySelector("[data-viewer]").dataset.shown`
	swipeAt    = `document.querySelector(".figures").style.getPropertyValue("--pos")`
	saidText   = `document.querySelector("[data-said]").textContent`
	pressed    = `[...document.querySelectorAll("[data-show]")].map(e => e.getAttribute("aria-pressed")).join()`
	afterMedia = `document.querySelector('[data-version="After"] .frame').querySelector("img, video")`
	bothPlaces = `[...document.querySelectorAll(".stacked .frame img")].map(i => i.getBoundingClientRect())`
	parts      = `((a, b) => Math.abs(a.width - b.width) + Math.abs(a.height - b.height) + Math.abs(a.left - b.left) + Math.abs(a.top - b.top) < 1 && a.width > 100)`
)

func TestBrowserViewer(t *testing.T) {
	b := openBrowser(t)
	m := write(t, sample(t))
	origin := served(t, m)
	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "image.hero")))

	b.want("side by side", shownMode, "side")
	for _, key := range []struct{ key, mode, name string }{
		{"2", "swipe", "Swipe"}, {"3", "onion", "Onion skin"}, {"4", "difference", "Difference"}, {"5", "heat", "Heat map"}, {"1", "side", "Side by side"},
		{"o", "onion", "Onion skin"}, {"d", "difference", "Difference"}, {"h", "heat", "Heat map"}, {"s", "swipe", "Swipe"},
	} {
		b.run(chromedp.KeyEvent(key.key))
		b.want("key "+key.key, shownMode, key.mode)
		b.want("the mode is said", saidText, key.name)
		b.want("the address has it", `location.hash`, "#mode="+key.mode)
		if key.mode != "side" {
			b.want("both pictures cover each other in "+key.mode, parts+`(...`+bothPlaces+`)`, true)
		}
	}
	b.want("middle", swipeAt, "50%")
	b.run(chromedp.Focus("[data-swipe]"), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	b.want("keys move the slider, and no page is turned", swipeAt+` + document.querySelector("h1").textContent`, "52%image.hero")
	b.want("it cuts the picture", `getComputedStyle(document.querySelector('[data-version="After"] .frame')).clipPath`, "inset(0px 0px 0px 52%)")
	b.drag(".pile", 0.5, 0.25)
	b.want("the pointer moves it", `Math.abs(parseFloat(`+swipeAt+`) - 25) < 1`, true)

	b.run(chromedp.KeyEvent("4"), chromedp.Focus("[data-gain]"), chromedp.KeyEvent(kb.End))
	b.want("amplified", `getComputedStyle(document.querySelector(".figures")).filter`, "brightness(10)")
	b.run(chromedp.Focus("[data-mode=difference]"), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	b.want("the choice goes round by keys", `document.activeElement.dataset.mode + document.activeElement.getAttribute("aria-checked")`, "sidetrue")
	b.want("one of the choices is reached by Tab", `[...document.querySelectorAll("[data-mode]")].map(m => m.tabIndex).join()`, "0,-1,-1,-1,-1")
	b.want("pictures have texts", `[...document.images].every(i => i.alt.length > 10)`, true)
	b.want("pictures load", `[...document.querySelectorAll(".figure img")].every(i => i.complete && i.naturalWidth > 0)`, true)
	b.settled(origin)
}

// loaded comes before what is looked at on a page that was turned to: no script
// listens to keys before.
const loaded = `document.readyState === "complete" && `

// TestBrowserModeGoesAlong has the mode on the pages that follow, and in links.
func TestBrowserModeGoesAlong(t *testing.T) {
	b := openBrowser(t)
	r := sample(t)
	r.Changes = append(r.Changes, report.Change{Address: "image.next", Did: plan.Generated, Before: version(pngOf(t, picture(64, 64, 1)), "x"), After: version(pngOf(t, picture(64, 64, 2)), "y")})
	m := write(t, r)
	origin := onDisk(t, m)
	last, hero := pageOf(t, m, "image.next"), pageOf(t, m, "image.hero")
	b.run(chromedp.Navigate(origin + "/" + hero + "#mode=onion"))
	b.want("the link's mode", shownMode, "onion")
	// A browser that keeps nothing has the mode from the address.
	js[bool](b, `sessionStorage.clear(), true`)
	const position = `parseInt(document.querySelector("[data-position]").textContent)`
	for i, key := range []string{"n", "j", kb.ArrowRight} {
		next := js[float64](b, position) + 1
		b.run(chromedp.KeyEvent(key))
		b.want(fmt.Sprint("page ", i), loaded+position, next)
	}
	b.want("pages are turned", `document.querySelector("h1").textContent`, "image.map")
	b.run(chromedp.Navigate(origin + "/" + last + "#mode=heat"))
	b.want("the link's mode", shownMode, "heat")
	b.run(chromedp.KeyEvent("p"))
	b.want("one before", loaded+`document.querySelector("h1").textContent`, "image.map")
	b.run(chromedp.KeyEvent("n"))
	b.want("and back, where two can be compared again", loaded+`(document.querySelector("h1").textContent + `+shownMode+`)`, "image.nextheat")
	b.run(chromedp.KeyEvent("1"))
	b.want("side by side", `location.hash`, "#mode=side")
	js[string](b, `location.hash = "#mode=swipe"`)
	b.want("an address that is changed", shownMode, "swipe")
	js[string](b, `location.hash = "#mode=nonsense"`)
	b.want("an address that says nothing", shownMode, "side")
	b.settled(origin)
}

// square is a picture with a ground and a square in its middle.
func square(w, h int, ground, middle color.Color) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(w/4, h/4, 3*w/4, 3*h/4), image.NewUniform(middle), image.Point{}, draw.Src)
	return img
}

func pairOf(t *testing.T, before, after image.Image) *memory {
	t.Helper()
	return write(t, report.Report{Project: "p", Base: "a", Now: "b", Changes: []report.Change{
		{Address: "image.x", Did: plan.Generated, Before: version(pngOf(t, before), "x"), After: version(pngOf(t, after), "y")},
	}})
}

// TestBrowserHeat looks at what the screen shows, with files that no script
// may read.
func TestBrowserHeat(t *testing.T) {
	b := openBrowser(t)
	green, blue, clear, black := color.NRGBA{40, 160, 80, 255}, color.NRGBA{40, 160, 90, 255}, color.NRGBA{}, color.NRGBA{0, 0, 0, 255}
	m := pairOf(t, square(400, 200, green, green), square(400, 200, green, blue))
	origin := onDisk(t, m)
	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "image.x") + "#mode=heat"))
	b.want("pixels are counted", `document.querySelector("[data-share]").textContent`, "25.0 % of the pixels differ by more than 8 of 255.")
	grey := color.RGBA{49, 49, 49, 255} // of the green, darkened
	img := b.pixels(".pile")
	near(t, "what is the same is grey", img, 0.1, grey)
	if c := color.RGBAModel.Convert(img.At(img.Bounds().Dx()/2, img.Bounds().Dy()/2)).(color.RGBA); c.R < 150 || int(c.R)-int(c.G) < 80 {
		t.Errorf("what differs is %v, want a colour of the ramp", c)
	}
	b.run(chromedp.Focus("[data-threshold]"), chromedp.KeyEvent(kb.ArrowRight))
	b.want("the threshold is said", `document.querySelector("[data-threshold]").getAttribute("aria-valuetext")`, "16 of 255")
	b.want("and counted", `document.querySelector("[data-share]").textContent`, "0 % of the pixels differ by more than 16 of 255.")
	near(t, "a difference of 10 is below 16", b.pixels(".pile"), 0.5, grey)
	b.run(chromedp.KeyEvent("4"))
	near(t, "the difference", b.pixels(".pile"), 0.5, color.RGBA{0, 0, 10, 255})

	// Black differs from nothing, on whichever ground.
	m = pairOf(t, square(400, 200, black, black), square(400, 200, black, clear))
	origin2 := onDisk(t, m)
	b.run(chromedp.Navigate(origin2 + "/" + pageOf(t, m, "image.x") + "#mode=difference"))
	b.want("loaded", `[...document.images].every(i => i.complete)`, true)
	img = b.pixels(".pile")
	near(t, "black and black", img, 0.1, color.RGBA{0, 0, 0, 255})
	near(t, "black and nothing", img, 0.5, color.RGBA{255, 255, 255, 255})
	b.run(chromedp.KeyEvent("h"))
	b.want("counted", `document.querySelector("[data-share]").textContent`, "25.0 % of the pixels differ by more than 8 of 255.")

	// The end of an onion skin shows the state after and nothing of the other.
	b.run(chromedp.KeyEvent("o"), chromedp.Focus("[data-onion]"), chromedp.KeyEvent(kb.End))
	b.want("at its end", `document.querySelector("[data-onion]").value`, "100")
	img = b.pixels(".pile")
	near(t, "black", img, 0.1, color.RGBA{0, 0, 0, 255})
	if c := color.RGBAModel.Convert(img.At(img.Bounds().Dx()/2, img.Bounds().Dy()/2)).(color.RGBA); c.R < 230 {
		t.Errorf("where the state after shows nothing, the screen has %v and not the ground", c)
	}
	b.run(chromedp.KeyEvent(kb.Home))
	near(t, "before", b.pixels(".pile"), 0.5, color.RGBA{0, 0, 0, 255})
}

// TestBrowserZoom has pictures of two sizes, enlarged.
func TestBrowserZoom(t *testing.T) {
	b := openBrowser(t)
	m := pairOf(t, picture(800, 600, 1), picture(1600, 1200, 2))
	origin := onDisk(t, m)
	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "image.x")))
	b.want("sizes are told", `document.querySelector("[data-shape]").textContent.startsWith("The sizes differ: 800 × 600 before, 1600 × 1200 after.")`, true)
	b.run(chromedp.KeyEvent("z"))
	b.want("one to one", `[...document.querySelectorAll(".figure img")].map(i => i.clientWidth).join()`, "800,1600")
	b.want("said", saidText, "Zoom 100 %")
	b.want("places that pan can be reached", `[...document.querySelectorAll(".frame")].map(f => f.tabIndex + f.getAttribute("role")).join()`, "0group,0group")
	js[bool](b, `(f => { f.scrollTo(f.scrollWidth, f.scrollHeight); return true; })(document.querySelector('[data-version="Before"] .frame'))`)
	b.want("both pan together", `(f => f.scrollLeft > 100 && Math.abs(f.scrollLeft - (f.scrollWidth - f.clientWidth)) < 2)(document.querySelector('[data-version="After"] .frame'))`, true)
	b.drag(`[data-version="After"] .frame`, 0.3, 0.6)
	b.want("the pointer pans", `(f => f.scrollWidth - f.clientWidth - f.scrollLeft > 50)(document.querySelector('[data-version="After"] .frame'))`, true)
	b.want("both", `(f => f.scrollWidth - f.clientWidth - f.scrollLeft > 5)(document.querySelector('[data-version="Before"] .frame'))`, true)
	b.run(chromedp.Focus(`[data-version="After"] .frame`), chromedp.KeyEvent(kb.ArrowLeft))
	b.want("arrows pan and turn no page", `document.querySelector("h1").textContent`, "image.x")
	b.run(chromedp.KeyEvent("s"))
	b.want("over each other both are as large as the larger", parts+`(...`+bothPlaces+`) && document.querySelector(".pile").clientWidth`, 1600.0)
	b.run(chromedp.KeyEvent("+"))
	b.want("enlarged pixels have edges", `document.querySelector(".pile").clientWidth + getComputedStyle(document.querySelector(".figure img")).imageRendering`, "3200pixelated")
	b.run(chromedp.Click(`[data-zoom=out]`), chromedp.Click(`[data-zoom=out]`))
	b.want("smaller", `document.querySelector(".pile").clientWidth`, 800.0)
	b.run(chromedp.Click(`[data-zoom=fit]`))
	b.want("fits", `document.querySelector("[data-stage]").scrollWidth <= document.querySelector("[data-stage]").clientWidth && document.querySelector("[data-zoom=fit]").getAttribute("aria-pressed")`, "true")
	b.settled(origin)
}

// TestBrowserKeysThatAreNotOurs holds keys to where they count.
func TestBrowserKeysThatAreNotOurs(t *testing.T) {
	b := openBrowser(t)
	m := write(t, sample(t))
	origin := onDisk(t, m)
	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "image.hero")))
	for _, mod := range []chromedp.Modifier{chromedp.ModifierAlt, chromedp.ModifierCtrl, chromedp.ModifierMeta} {
		for _, key := range []string{"d", "n", "z", "4"} {
			b.run(chromedp.KeyEvent(key, chromedp.KeyModifiers(mod)))
		}
	}
	b.want("with another key they are the browser's", `document.querySelector("h1").textContent + `+shownMode, "image.heroside")
	b.run(chromedp.KeyEvent("?"))
	b.want("the list of keys", `document.getElementById("keys").open`, true)
	b.run(chromedp.KeyEvent("d"))
	b.want("nothing happens below it", shownMode, "side")
	keys := js[string](b, `[...document.querySelectorAll("#keys div:not([hidden]) kbd")].map(k => k.textContent).join(" ")`)
	if want := "← k p → j n 1 2 s 3 o 4 d 5 h z + − Esc t ?"; keys != want {
		t.Errorf("the keys are %s, want %s", keys, want)
	}
	b.run(chromedp.KeyEvent(kb.Escape))
	b.want("closed", `document.getElementById("keys").open`, false)
	b.settled(origin)
}

// TestBrowserTouch has a finger on a phone: what it can touch is large enough,
// and wiping turns pages where it does not move a slider.
func TestBrowserTouch(t *testing.T) {
	b := openBrowser(t)
	m := write(t, sample(t))
	origin := onDisk(t, m)
	b.run(chromedp.EmulateViewport(390, 800, chromedp.EmulateTouch))
	for _, mode := range []string{"side", "swipe", "onion", "difference", "heat"} {
		b.run(chromedp.Navigate(origin + "/" + report.Index))
		b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "image.hero") + "#mode=" + mode))
		b.want("mode", shownMode, mode)
		b.want("no sideways scrolling in "+mode, `document.documentElement.scrollWidth <= innerWidth`, true)
		b.want("all can be touched in "+mode, smallTargets, "")
		b.want("contrast in "+mode, lowContrast, "")
	}
	wipe := func(from, to float64) {
		x, y, w, h := b.box("[data-stage]")
		point := func(at float64) []*input.TouchPoint { return []*input.TouchPoint{{X: x + at*w, Y: y + min(h/2, 100)}} }
		send(b, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: point(from)})
		for i := range 5 {
			send(b, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchMove, TouchPoints: point(from + (to-from)*float64(i+1)/5)})
		}
		send(b, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
	}
	b.run(chromedp.KeyEvent("2"))
	js[bool](b, `scrollTo(0, 0), true`)
	wipe(0.8, 0.2)
	b.want("a finger moves the slider", `Math.abs(parseFloat(`+swipeAt+`) - 20) < 3 && document.querySelector("h1").textContent`, "image.hero")
	b.run(chromedp.KeyEvent("1"))
	wipe(0.8, 0.2)
	b.want("a finger turns the page", `document.querySelector("h1").textContent`, `image.icon["</a>"]`)
	wipe(0.2, 0.8)
	b.want("and back", `document.querySelector("h1").textContent`, "image.hero")
	b.settled(origin)
}

// smallTargets lists what is to be touched and smaller than 44 pixels. Links
// within texts and tables may be.
const smallTargets = `[...document.querySelectorAll("header button, header a, .viewer button, .viewer a, .viewer input, .viewer select")]
	.filter(e => e.checkVisibility()).map(e => {
		const r = e.closest("label")?.getBoundingClientRect() || e.getBoundingClientRect();
		return r.height < 44 || r.width < 44 ? (e.textContent.trim() || e.getAttribute("aria-label")) + " " + r.width + "x" + r.height : "";
	}).filter(Boolean).join("; ")`

// TestBrowserCandidatesInPlace shows candidates in the place of the state after, and
// of an asset that has none before.
func TestBrowserCandidatesInPlace(t *testing.T) {
	b := openBrowser(t)
	r := sample(t)
	r.Changes = append(r.Changes, report.Change{Address: "image.new", Did: plan.Generated, After: version(pngOf(t, picture(320, 200, 5)), "new")})
	m := write(t, r)
	file := func(n, w, h int) string {
		name := fmt.Sprintf("media/%064x.png", n)
		m.files[name] = pngOf(t, picture(w, h, n))
		return "../" + name
	}
	strip := `<ul class="strip" data-strip>` +
		`<li data-candidate="1" data-file="` + file(1, 640, 400) + `" data-width="640" data-height="400" data-current><button type="button" class="strip-show" data-show="1">1</button></li>` +
		`<li data-candidate="2"><span>missing</span></li>` +
		`<li data-candidate="3" data-file="` + file(3, 300, 400) + `" data-width="300" data-height="400" data-alpha><button type="button" class="strip-show" data-show="3">3</button></li></ul>`
	for _, address := range []string{"image.hero", "image.new"} {
		name := pageOf(t, m, address)
		page := strings.Replace(m.text(t, name), "</main>", strip+"</main>", 1)
		m.files[name] = []byte(page)
	}
	origin := onDisk(t, m)
	for _, address := range []string{"image.hero", "image.new"} {
		b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, address)))
		original := js[string](b, afterMedia+`.outerHTML`)
		b.want("pressed", pressed, "true,false,true,false")
		b.run(chromedp.KeyEvent("]"))
		b.want("the picture", `(i => [i.alt, i.width > 0, i.getAttribute("width"), i.getAttribute("height"), i.className, i.naturalWidth].join())(`+afterMedia+`)`, "After: candidate 3,true,300,400,alpha,300")
		b.want("pressed", pressed, "false,true,false,true")
		b.want("said", saidText, "Candidate 3 is shown")
		b.want("in the address", `location.hash`, "#candidate=3")
		b.want("the caption", `document.querySelector('[data-version="After"] figcaption').textContent`, "After: candidate 3300 × 400Open file")
		b.run(chromedp.KeyEvent("]"))
		b.want("round, to what it was", afterMedia+`.outerHTML`, original)
		b.run(chromedp.Click(`[data-strip] [data-show="3"]`))
		b.want("by the strip's button, which leads to the picture", `(r => r.top > -1 && r.top < 100)(document.querySelector("[data-viewer]").getBoundingClientRect()) && document.activeElement.getAttribute("aria-pressed")`, "true")
		b.run(chromedp.Click(`.choices [data-show="1"]`))
		b.want("by the button at the picture", afterMedia+`.outerHTML`, original)
		b.run(chromedp.Click(`.choices [data-show="3"]`))
		b.want("and to the other", `document.activeElement.getAttribute("aria-pressed") + `+afterMedia+`.alt`, "trueAfter: candidate 3")
		b.run(chromedp.Reload())
		b.want("a link to it", afterMedia+`.alt`, "After: candidate 3")
	}
	b.run(chromedp.Navigate(origin+"/"+pageOf(t, m, "image.hero")+"#mode=swipe&candidate=3"), chromedp.Reload())
	b.want("with a mode", shownMode+` + `+afterMedia+`.alt`, "swipeAfter: candidate 3")
	b.run(chromedp.KeyEvent("h"))
	b.want("what was counted is another pair", `document.querySelector("[data-share]").textContent`, "How many pixels differ was not counted: that is done for two pictures of one size.")
	b.want("all layers show it", `[...document.querySelectorAll(".under, .on-black div + div img")].map(i => i.getAttribute("src") === `+afterMedia+`.getAttribute("src")).join()`, "true,true")
	b.want("the keys are listed", `[...document.querySelectorAll("[data-strip-keys]")].every(e => !e.hidden)`, true)
	b.settled(origin)
}

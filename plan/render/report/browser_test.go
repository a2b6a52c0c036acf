package report_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"assetform/plan"
	"assetform/plan/render/report"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// browser is a tab of a real browser that notes what a page asks for and what
// it complains about.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	requests   []string
	complaints []string
}

// openBrowser starts Chromium. Without one the test is skipped, unless
// ASSETFORM_REQUIRE_BROWSER=1 says that there has to be one.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		if os.Getenv("ASSETFORM_REQUIRE_BROWSER") == "1" {
			t.Fatal("ASSETFORM_REQUIRE_BROWSER is set, but no Chromium is installed")
		}
		t.Skip("no Chromium is installed")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 900))
	alloc, cancelAlloc := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancelAlloc)
	tab, cancelTab := chromedp.NewContext(alloc)
	t.Cleanup(cancelTab)
	ctx, cancel := context.WithTimeout(tab, 5*time.Minute)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx}
	if err := chromedp.Listen(tab, b.note); err != nil {
		t.Fatal(err)
	}
	send(b, network.Enable, network.EnableParams{})
	send(b, log.Enable, cdp.Empty{})
	send(b, runtime.Enable, cdp.Empty{})
	return b
}

func (b *browser) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.complaints = append(b.complaints, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, fmt.Sprintf("console.%s", e.Type))
	}
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// send sends a command of the browser's protocol.
func send[P, R any](b *browser, command cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, command, params); err != nil {
		b.t.Fatal(err)
	}
}

// js evaluates an expression.
func js[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// want waits until an expression has a value, or fails. While a page is on its
// way the expression may fail too.
func (b *browser) want(what, expression string, value any) {
	b.t.Helper()
	var got any
	var err error
	for range 100 {
		if got, err = chromedp.Run(b.ctx, chromedp.Evaluate[any](expression)); err == nil && cmp.Equal(got, value) {
			return
		}
		time.Sleep(30 * time.Millisecond)
	}
	b.t.Errorf("%s: %s is %v (%v), want %v", what, expression, got, err, value)
}

// settled checks that nothing left the report and nothing went wrong.
func (b *browser) settled(origin string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, url := range b.requests {
		// A player's own controls have icons that are no files.
		if !strings.HasPrefix(url, origin) && !strings.HasPrefix(url, "data:image/svg+xml;") {
			b.t.Errorf("the page asked for %s", url)
		}
	}
	if len(b.requests) == 0 {
		b.t.Error("no request was seen at all")
	}
	for _, text := range b.complaints {
		b.t.Errorf("the browser complains: %s", text)
	}
}

const shownPages = `[...document.querySelectorAll(".card .card-address")].map(e => e.textContent).join(" ")`

func TestBrowserList(t *testing.T) {
	b := openBrowser(t)
	dir := t.TempDir()
	write(t, sample(t)).save(t, dir)
	origin := "file://" + filepath.ToSlash(dir)
	b.run(chromedp.Navigate(origin + "/index.html"))

	b.want("all", `document.getElementById("shown").textContent`, "5")
	b.run(chromedp.SendKeys("#search", "castle night"))
	b.want("text", shownPages, "image.hero")
	b.want("count", `document.getElementById("shown").textContent`, "1")
	b.run(chromedp.KeyEvent(kb.Escape))
	b.run(chromedp.Click(`[data-value=restored]`))
	b.want("what was done", shownPages, "image.bad image.hero")
	b.run(chromedp.Click(`[data-value=moved]`))
	b.want("two of them", shownPages, "image.bad image.hero image.map")
	b.want("state in the address", `location.hash`, "#did=restored%2Cmoved")
	b.run(chromedp.Reload())
	b.want("state after a reload", shownPages, "image.bad image.hero image.map")

	// The keyboard alone: to the second card, open it, on to the next one of
	// the filtered list, and back to the same place.
	b.run(chromedp.KeyEvent("j"), chromedp.KeyEvent("j"))
	b.want("focus", `document.activeElement.querySelector(".card-address").textContent`, "image.hero")
	b.run(chromedp.KeyEvent(kb.Enter))
	b.want("page", `document.querySelector("h1").textContent`, "image.hero")
	b.want("position", `document.querySelector("[data-position]").textContent`, "2 of 3")
	b.run(chromedp.KeyEvent(kb.ArrowRight))
	b.want("next of the filtered list", `document.querySelector("h1").textContent`, "image.map")
	b.want("end", `document.querySelector("[data-command=next]").getAttribute("aria-disabled")`, "true")
	b.run(chromedp.KeyEvent(kb.Escape))
	b.want("filters are kept", shownPages, "image.bad image.hero image.map")
	b.want("focus is kept", `document.activeElement.querySelector(".card-address")?.textContent`, "image.map")

	b.run(chromedp.KeyEvent("?"))
	b.want("help", `document.getElementById("keys").open`, true)
	b.run(chromedp.KeyEvent(kb.Escape))
	b.want("help closed", `document.getElementById("keys").open`, false)
	b.run(chromedp.KeyEvent("/"), chromedp.KeyEvent("nothing like it"))
	b.want("empty", `!document.getElementById("nothing").hidden`, true)
	b.run(chromedp.Click(`[data-command=clear]`))
	b.want("cleared", `document.getElementById("shown").textContent`, "5")
	b.settled(origin)
}

// TestBrowserThemes switches themes, and holds the contrast of every text on
// both pages to WCAG's AA in both themes.
func TestBrowserThemes(t *testing.T) {
	b := openBrowser(t)
	m := write(t, sample(t))
	dir := t.TempDir()
	m.save(t, dir)
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	const scheme = `getComputedStyle(document.documentElement).colorScheme`
	system := func(name string) {
		send(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
	}
	for _, page := range []string{report.Index, pageOf(t, m, "image.hero"), pageOf(t, m, "image.hero") + "#mode=difference", pageOf(t, m, "image.hero") + "#mode=heat", pageOf(t, m, "image.bad")} {
		system("dark")
		b.run(chromedp.Navigate(server.URL + "/" + page))
		b.want("the system's theme", scheme, "dark")
		b.want("contrast in dark", lowContrast, "")
		b.run(chromedp.KeyEvent("t"))
		b.want("chosen", scheme, "light")
		b.want("contrast in light", lowContrast, "")
		b.run(chromedp.Reload())
		b.want("remembered", scheme, "light")
		b.run(chromedp.Click(`[data-command=theme]`))
		b.want("dark", `document.documentElement.dataset.theme`, "dark")
		b.run(chromedp.Click(`[data-command=theme]`))
		system("light")
		b.want("the system's again", scheme, "light")
	}
	b.settled(server.URL)
}

// lowContrast lists texts whose contrast with the ground behind them is below
// 4.5:1. Texts on pictures are left out.
const lowContrast = `(() => {
	const rgb = s => { const m = s.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
	const lum = ([r, g, b]) => { const f = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
	const low = [];
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const text = walk.currentNode.textContent.trim(), el = walk.currentNode.parentElement;
		if (!text || !el.checkVisibility() || el.closest(".unseen, .thumb-name, .corner, .handle, dialog, script")) continue;
		let ground = null;
		for (let e = el; e && !ground; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 1) ground = c; }
		const a = lum(rgb(getComputedStyle(el).color)), g = lum(ground);
		const ratio = (Math.max(a, g) + 0.05) / (Math.min(a, g) + 0.05);
		if (ratio < 4.5) low.push(text + " " + ratio.toFixed(2));
	}
	return low.join("; ");
})()`

// TestBrowserManyChanges opens a report of 1,000 changes with four candidates each: it has to answer to
// a filter at once, and loads only the pictures that are near the screen.
func TestBrowserManyChanges(t *testing.T) {
	b := openBrowser(t)
	r := manyCandidates(t, 1000)
	dir := t.TempDir()
	write(t, r).save(t, dir)
	origin := "file://" + filepath.ToSlash(dir)
	began := time.Now()
	b.run(chromedp.Navigate(origin + "/index.html"))
	b.want("all", `document.getElementById("shown").textContent`, "1000")
	t.Logf("loaded in %v", time.Since(began))
	b.mu.Lock()
	loaded := strings.Count(strings.Join(b.requests, " "), "/media/")
	b.mu.Unlock()
	if loaded == 0 || loaded > 300 {
		t.Errorf("%d of 5000 pictures were loaded at once", loaded)
	}
	took := js[float64](b, `(() => { const s = document.getElementById("search"), t = performance.now();
		s.value = "number 777"; s.dispatchEvent(new Event("input")); document.body.offsetHeight; return performance.now() - t; })()`)
	b.want("filtered", shownPages, "module.floor.image.tile[777]")
	if took > 1000 {
		t.Errorf("a filter took %.0f ms", took)
	}
	t.Logf("filtered in %.1f ms", took)
	b.settled(origin)
}

// TestBrowserNarrow looks for anything that is wider than a phone.
func TestBrowserNarrow(t *testing.T) {
	b := openBrowser(t)
	m := write(t, sample(t))
	dir := t.TempDir()
	m.save(t, dir)
	origin := "file://" + filepath.ToSlash(dir)
	b.run(chromedp.EmulateViewport(390, 800))
	for _, page := range []string{report.Index, pageOf(t, m, "image.hero"), pageOf(t, m, "image.map"), pageOf(t, m, "image.lost")} {
		b.run(chromedp.Navigate(origin + "/" + page))
		b.want("no sideways scrolling on "+page, `document.documentElement.scrollWidth <= innerWidth`, true)
		b.want("values have the whole width on "+page, `[...document.querySelectorAll(".facts td")].every(td => !td.offsetWidth || td.offsetWidth > 280)`, true)
	}
	b.settled(origin)
}

// TestBrowserLength wants the length of a prompt where its card cuts it off,
// and there alone.
func TestBrowserLength(t *testing.T) {
	b := openBrowser(t)
	dir := t.TempDir()
	write(t, report.Report{Project: "p", Gallery: true, Changes: []report.Change{
		{Address: "image.long", Did: plan.Generated, After: version(pngOf(t, picture(64, 64, 1)), strings.Repeat("A tower ", 80))},
		{Address: "image.short", Did: plan.Generated, After: version(pngOf(t, picture(64, 64, 2)), strings.Repeat("A tower ", 8))},
	}}).save(t, dir)
	origin := "file://" + filepath.ToSlash(dir)
	b.run(chromedp.Navigate(origin + "/index.html"))
	b.want("lengths", `[...document.querySelectorAll(".card-length")].map(e => e.hidden ? "" : e.textContent).join()`, "640 characters in all,")
	b.settled(origin)
}

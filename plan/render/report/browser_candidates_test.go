package report_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"assetform/plan"
	"assetform/plan/render/report"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// serveReport serves a report to a browser.
func serveReport(t *testing.T, m *memory) (origin string) {
	t.Helper()
	dir := t.TempDir()
	m.save(t, dir)
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	return server.URL
}

// TestBrowserCandidates looks at the pages of candidates: they fit every width,
// can be read in both themes, and give out the command that picks one.
func TestBrowserCandidates(t *testing.T) {
	b := openBrowser(t)
	m := write(t, picks(t))
	origin := serveReport(t, m)
	waits := picks(t)
	waits.Unpicked = true
	waits.Changes = waits.Changes[:1]
	picking := serveReport(t, write(t, waits))

	pages := []string{origin + "/" + report.Index, origin + "/" + pageOf(t, m, "image.boss"), origin + "/" + pageOf(t, m, "image.lost"), picking}
	for _, theme := range []string{"light", "dark"} {
		send(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
		for _, width := range []int64{390, 768, 1280} {
			b.run(chromedp.EmulateViewport(width, 900))
			for _, page := range pages {
				b.run(chromedp.Navigate(page))
				b.want("contrast of "+page, lowContrast, "")
				b.want(fmt.Sprintf("no sideways scrolling on %s at %d", page, width), `document.documentElement.scrollWidth <= innerWidth`, true)
			}
		}
	}

	b.run(chromedp.Navigate(pages[1]))
	b.want("each candidate is shown", `[...document.querySelectorAll("[data-strip] img")].map(i => i.complete && i.naturalWidth > 0).join()`, "true,true,true")
	b.run(chromedp.Click(`[data-candidate="3"] [data-copy]`))
	b.want("it is told", `document.querySelector("[data-copied]").textContent`, "Copied: assetform pick image.boss 3")
	b.want("the button says so", `document.querySelector('[data-candidate="3"] [data-copy-text]').textContent`, "Copied")
	b.want("without a script it is selected whole", `getComputedStyle(document.querySelector(".command code")).userSelect`, "all")

	b.run(chromedp.Navigate(pages[0]), chromedp.Click(`[data-value=unpicked]`))
	b.want("what waits", shownPages, `image.boss image.edited image.icon["</code>"]`)
	b.run(chromedp.Click(`[data-value=restored]`))
	b.want("two filters", shownPages, "image.edited")
	b.want("state in the address", `location.hash`, "#did=restored&state=unpicked")
	b.run(chromedp.Navigate(picking), chromedp.KeyEvent("j"), chromedp.KeyEvent("3"))
	const chosen = `[...document.querySelectorAll(".strip-chosen")].map(e => e.dataset.number).join()`
	b.want("a key chooses", chosen, "3")
	b.run(chromedp.KeyEvent("9"), chromedp.Click(`[data-number="2"] [data-choose]`))
	b.want("one of an asset, which there is", chosen, "2")
	b.run(chromedp.Reload())
	b.want("a choice is kept", chosen, "2")
	b.want("and counted", `document.querySelector("[data-chosen-count]").textContent`, "1 of 1 chosen")
	b.run(chromedp.KeyEvent("c"))
	b.want("all commands are copied", `document.querySelector("[data-copied]").textContent`, "Copied: assetform pick image.boss 2")
	b.run(chromedp.Click(`[data-number="2"] [data-choose]`))
	b.want("a choice is taken back", chosen+`+document.querySelector("[data-chosen]").hidden`, "true")
	b.run(chromedp.Evaluate[chromedp.Void](`sessionStorage.setItem(Object.keys(sessionStorage).find(k => k.endsWith(" chosen")), '{"x":[],"` + pageOf(t, m, "image.boss") + `":"7]"}')`))
	b.run(chromedp.Reload())
	b.want("what is kept is no candidate", chosen, "")
	b.run(chromedp.SendKeys("#search", "nothing like it"))
	b.want("what waits is filtered", `document.querySelectorAll(".pick").length + " " + document.getElementById("nothing").hidden`, "0 false")
	b.settled("http://127.0.0.1:") // both reports
}

// firstFrame is the colour in the middle of a film that shows something.
const firstFrame = `(v => { if (!v || v.readyState < 2) return "nothing";
	const c = document.createElement("canvas").getContext("2d"); c.drawImage(v, 0, 0, 1, 1);
	const [r, g, b] = c.getImageData(0, 0, 1, 1).data; return r > 150 && g < 80 && b < 110 ? "red at " + v.currentTime : [r, g, b].join(); })`

// TestBrowserFilms has a hundred films: those near the screen show a frame
// before they play, the others are not loaded, and without scripts all are.
func TestBrowserFilms(t *testing.T) {
	b := openBrowser(t)
	film, err := os.ReadFile(filepath.Join("testdata", "film.webm"))
	if err != nil {
		t.Fatal(err)
	}
	const films = 100
	r := report.Report{Project: "films", Gallery: true}
	take := func(n int) []byte { return fmt.Appendf(film[:len(film):len(film)], "\xec\x84%04d", n) } // an element that is void
	for i := range films {
		r.Changes = append(r.Changes, report.Change{Address: fmt.Sprintf("video.take[%d]", i), Did: plan.Generated, After: version(take(i), "A red film")})
	}
	r.Changes[0].After = chosen(2, "A red film", take(0), take(films))
	m := write(t, r)
	origin := serveReport(t, m)

	const loaded = `[...document.querySelectorAll("video")].filter(v => v.hasAttribute("src")).length`
	b.run(chromedp.Navigate(origin))
	b.want("a frame is seen", firstFrame+`(document.querySelector(".thumb video"))`, "red at 0.01")
	b.want("and of each candidate", `[...document.querySelectorAll(".mini video")].map(`+firstFrame+`).join()`, "red at 0.01,red at 0.01")
	b.want("others are not loaded", loaded+` < 40`, true)
	b.run(chromedp.Evaluate[chromedp.Void](`scrollTo(0, document.body.scrollHeight)`))
	b.want("the last one is seen", firstFrame+`([...document.querySelectorAll(".thumb video")].at(-1))`, "red at 0.01")
	b.want("the first one is given up", `document.querySelector(".thumb video").hasAttribute("src")`, false)
	b.want("there are never many", loaded+` < 40`, true)

	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "video.take[0]")))
	b.want("on its page too", `[...document.querySelectorAll("video")].map(`+firstFrame+`).join()`, "red at 0.01,red at 0.01,red at 0.01")

	send(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "video.take[0]")))
	b.want("without scripts", `[...document.querySelectorAll("video[src]")].map(v => v.checkVisibility() && v.readyState > 1 && v.currentTime).join()`, "0.01,0.01,0.01")
	b.settled(origin)
}

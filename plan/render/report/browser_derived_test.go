package report_test

import (
	"path/filepath"
	"strings"
	"testing"

	"assetform/plan"
	"assetform/plan/render/report"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestBrowserDerived looks at the pages of what is made of other assets, under
// the pages' own policy.
func TestBrowserDerived(t *testing.T) {
	b := openBrowser(t)
	r := derived(t)
	long := strings.Repeat("// the same\n", 40) + "const a = \"" + strings.Repeat("wide ", 100)
	r.Changes[1].Before, r.Changes[1].After = made([]byte(long+"1\"\n"), "export", nil), made([]byte(long+"2\"\n"), "export", nil)
	r.Is.Assets["export.code"] = r.Changes[1].After.Entry
	large := made(pngOf(t, picture(3000, 2000, 1)), "atlas", nil)
	large.Entry.Width, large.Entry.Height, large.Entry.Frames = 3000, 2000, map[string][]int{"half": {0, 0, 1500, 2000}}
	r.Changes = append(r.Changes, report.Change{Address: "atlas.large", Did: plan.Generated, After: large})
	m := write(t, r)
	dir := t.TempDir()
	m.save(t, dir)
	origin := "file://" + filepath.ToSlash(dir)
	open := func(address string) { b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, address))) }

	open("atlas.large")
	const boxes = `(() => { const p = document.querySelector(".sheet img").getBoundingClientRect(), f = document.querySelector(".frames rect").getBoundingClientRect();
		return p.width > 600 && Math.abs(f.left - p.left) < 2 && Math.abs(f.width - p.width / 2) < 4 && Math.abs(f.height - p.height) < 4; })()`
	b.want("the frame lies where it should", boxes, true)
	b.want("its name is as large as texts are", `(s => s > 8 && s < 20)(document.querySelector(".frames text").getBoundingClientRect().height)`, true)
	b.run(chromedp.Click(`.facts a[href^="#frame-"]`))
	b.want("the list leads to it", `getComputedStyle(document.querySelector(".frames rect")).strokeWidth`, "3px")
	b.run(chromedp.Click(`.frames-switch input`))
	b.want("frames can be hidden", `getComputedStyle(document.querySelector(".frames")).display`, "none")

	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "atlas.units") + "#mode=heat"))
	b.want("an atlas in another mode", shownMode, "heat")
	b.run(chromedp.Click(`.facts a[href="#frame-after1"]`))
	b.want("a frame is shown where frames are", shownMode+` + getComputedStyle(document.getElementById("frame-after1")).strokeWidth`, "side3px")

	open("export.code")
	b.want("what is the same is folded", `document.querySelector(".text details").open`, false)
	b.run(chromedp.Click(`.text summary`))
	b.want("and can be seen", `document.querySelector(".text details span").offsetHeight > 0`, true)
	b.run(chromedp.Focus(`.text`), chromedp.KeyEvent(kb.ArrowRight))
	b.want("arrows move a wide text", `document.querySelector(".text").scrollLeft > 0 && document.querySelector("h1").textContent`, "export.code")

	for _, address := range []string{"variant.icon", "variant.still"} {
		open(address)
		b.want(address+" is shown", `[...document.querySelectorAll(".figure img")].map(i => i.complete && i.naturalWidth > 0).join()`, "true,true")
	}
	b.run(chromedp.EmulateViewport(390, 800))
	for _, page := range []string{report.Index, pageOf(t, m, "atlas.units"), pageOf(t, m, "export.code"), pageOf(t, m, "variant.card")} {
		b.run(chromedp.Navigate(origin + "/" + page))
		b.want("no sideways scrolling on "+page, `document.documentElement.scrollWidth <= innerWidth`, true)
	}
	b.settled(origin)
}

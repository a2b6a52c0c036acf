package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/plan"
	"assetform/plan/render/report"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// filmPair is a report with two films of 24 frames a second whose frames are
// grey, each one by the same step lighter: one of 24 frames and one of 36.
func filmPair(t *testing.T) *memory {
	t.Helper()
	version := func(name string) *report.Version {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		v := version(b, name)
		v.Entry.MediaType, v.Entry.Width, v.Entry.Height = "video/webm", 96, 64
		return v
	}
	return write(t, report.Report{Project: "p", Base: "a", Now: "b", Changes: []report.Change{
		{Address: "video.pair", Did: plan.Generated, Before: version("short.webm"), After: version("long.webm")},
		{Address: "video.single", Did: plan.Generated, After: version("long.webm")},
	}})
}

// framesShown are the numbers of the frames that the films show, by their grey.
const framesShown = `[...document.querySelectorAll(".figure video")].map(v => {
	const c = document.createElement("canvas"), g = c.getContext("2d");
	c.width = c.height = 8;
	g.drawImage(v, 0, 0, 8, 8);
	return v.seeking ? "seeking" : Math.round((g.getImageData(4, 4, 1, 1).data[0] * 219 / 255 + 16 - 20) / 6);
}).join()`

func TestBrowserFilmPair(t *testing.T) {
	b := openBrowser(t)
	m := filmPair(t)
	origin := served(t, m)
	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "video.pair")))
	b.want("lengths", `document.querySelector("[data-film-lengths]").textContent`, "Before lasts 1.0 s and after 1.5 s; the shorter one holds its last frame.")
	b.want("one set of controls", `[...document.querySelectorAll(".figure video")].map(v => v.controls).join() + !document.querySelector("[data-film]").hidden`, "false,falsetrue")
	b.want("the first frame is seen", framesShown, "0,0")
	b.run(chromedp.KeyEvent("."), chromedp.KeyEvent("."))
	b.want("two frames forward", framesShown, "2,2")
	b.run(chromedp.KeyEvent(","))
	b.want("one back", framesShown, "1,1")
	b.want("said", saidText, "Frame 2 of 36")
	b.run(chromedp.Focus("[data-film-seek]"), chromedp.KeyEvent(kb.ArrowRight))
	b.want("arrows on the scrubber go by frames", framesShown+`+ document.querySelector("h1").textContent`, "2,2video.pair")
	b.run(chromedp.KeyEvent(kb.End))
	b.want("the shorter holds its last frame", framesShown, "23,35")
	b.want("its text", `document.querySelector("[data-film-seek]").getAttribute("aria-valuetext")`, "Frame 36 of 36, 1.5 of 1.5 s")

	// Played to the end, then for ever.
	b.run(chromedp.Click("[data-film-loop]"))
	speed := func(to string) {
		js[bool](b, `(s => { s.value = "`+to+`"; s.dispatchEvent(new Event("change")); document.activeElement.blur(); return true; })(document.querySelector("[data-film-speed]"))`)
	}
	speed("0.25")
	js[float64](b, `window.drift = 0, setInterval(() => {
		const [a, b] = document.querySelectorAll(".figure video");
		if (b.currentTime > 0.2 && b.currentTime < 0.9) window.drift = Math.max(window.drift, Math.abs(a.currentTime - b.currentTime)), window.seen = true;
	}, 20)`)
	b.run(chromedp.KeyEvent(" "))
	b.want("it plays", `document.querySelector("[data-film-play]").textContent`, "Pause")
	b.want("slowly", `document.querySelectorAll(".figure video")[1].playbackRate`, 0.25)
	speed("1")
	b.want("to the end, at which it stops", `document.querySelector("[data-film-play]").textContent`, "Play")
	b.want("both were in step", `window.seen && window.drift < 0.5`, true)
	b.want("the end is seen", framesShown, "23,35")
	b.run(chromedp.Click("[data-film-loop]"))
	js[bool](b, `window.rounds = 0, document.querySelectorAll(".figure video")[1].addEventListener("seeking", () => window.rounds++), document.activeElement.blur(), true`)
	b.run(chromedp.KeyEvent(" "))
	b.want("round and round", `window.rounds > 1`, true)
	b.run(chromedp.Click(".stage video"))
	b.want("a click stops both", `[...document.querySelectorAll(".figure video")].every(v => v.paused)`, true)

	for _, mode := range []string{"swipe", "onion", "difference", "heat"} {
		b.run(chromedp.Click("[data-mode=" + mode + "]"))
		b.want("over each other in "+mode, `(([a, b]) => a.left === b.left && a.top === b.top && a.width === b.width && a.width >= 96)([...document.querySelectorAll(".stacked video")].map(v => v.getBoundingClientRect()))`, true)
	}
	b.run(chromedp.Click("[data-film-sound]"))
	b.want("the film after is heard", `[...document.querySelectorAll(".figure video")].map(v => v.muted).join()`, "true,false")

	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "video.single")))
	b.want("a single film", framesShown, "0")
	b.run(chromedp.KeyEvent("."))
	b.want("has the controls too", framesShown, "1")
	b.settled(origin)
}

// TestBrowserFilmCandidate shows a candidate at the time where the other film
// is, and goes on.
func TestBrowserFilmCandidate(t *testing.T) {
	b := openBrowser(t)
	m := filmPair(t)
	name := pageOf(t, m, "video.pair")
	_, short, _ := strings.Cut(m.text(t, name), `<video src="`)
	short, _, _ = strings.Cut(short, `"`)
	m.files[name] = []byte(strings.Replace(m.text(t, name), "</main>", `<ul class="strip" data-strip>`+
		`<li data-candidate="1" data-file="`+short+`" data-video><button type="button" data-show="1">1</button></li></ul></main>`, 1))
	origin := served(t, m)
	b.run(chromedp.Navigate(origin + "/" + name))
	b.want("ready", framesShown, "0,0")
	for range 5 {
		b.run(chromedp.KeyEvent("."))
	}
	b.want("the fifth", framesShown, "5,5")
	b.run(chromedp.KeyEvent("d"), chromedp.Click(`.choices [data-show="1"]`))
	b.want("the candidate shows the same", framesShown, "5,5")
	b.want("its name", afterMedia+`.getAttribute("aria-label") + `+afterMedia+`.controls`, "After: candidate 1false")
	b.run(chromedp.KeyEvent("."))
	b.want("and goes along", framesShown, "6,6")
	b.want("both are of one length now", `document.querySelector("[data-film-lengths]").hidden`, true)
	b.settled(origin)
}

// TestBrowserWithoutScripts has the films beside each other with the browser's
// own controls, and nothing that does nothing.
func TestBrowserWithoutScripts(t *testing.T) {
	b := openBrowser(t)
	m := filmPair(t)
	origin := onDisk(t, m)
	send(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "video.pair")))
	b.want("controls", `[...document.querySelectorAll(".figure video")].map(v => v.controls).join()`, "true,true")
	b.want("beside each other", `(([a, b]) => a.top === b.top && a.right < b.left)([...document.querySelectorAll(".figure video")].map(v => v.getBoundingClientRect()))`, true)
	b.want("nothing that needs a script", `[...document.querySelectorAll(".viewer button, .viewer input, .viewer select")].filter(e => e.checkVisibility()).length`, 0.0)
	b.want("as a page without a viewer", `getComputedStyle(document.querySelector("[data-stage]")).overflow`, "visible")
	b.settled(origin)
}

// TestBrowserFilmsOfOtherShapes are not laid over each other.
func TestBrowserFilmsOfOtherShapes(t *testing.T) {
	b := openBrowser(t)
	m := filmPair(t)
	name := pageOf(t, m, "video.pair")
	origin := onDisk(t, m)
	b.run(chromedp.Navigate(origin + "/" + name + "#mode=onion"))
	b.want("mode", shownMode, "onion")
	js[bool](b, `(v => { Object.defineProperty(v, "videoWidth", { value: 64 }); v.dispatchEvent(new Event("loadedmetadata")); return true; })(document.querySelector('[data-version="After"] video'))`)
	b.want("side by side", shownMode, "side")
	b.want("it is said", `document.querySelector("[data-shape]").textContent`, "The sizes differ: 96 × 64 before, 64 × 64 after. Films of other proportions are shown side by side alone.")
	b.want("and cannot be chosen", `[...document.querySelectorAll("[data-mode]:disabled")].length`, 4.0)
	b.run(chromedp.KeyEvent("d"))
	b.want("by keys neither", shownMode, "side")
	b.settled(origin)
}

// TestBrowserFilmThatIsNone: a film that the player gives up is told, and the
// other one does not play on alone.
func TestBrowserFilmThatIsNone(t *testing.T) {
	b := openBrowser(t)
	film, err := os.ReadFile(filepath.Join("testdata", "film.webm"))
	if err != nil {
		t.Fatal(err)
	}
	m := write(t, report.Report{Project: "films", Base: "main", Now: "now", Changes: []report.Change{
		{Address: "video.bad", Did: plan.Generated, Before: version(film, "A film"), After: version(append(film[:len(film)/4:len(film)/4], make([]byte, len(film))...), "None")},
	}})
	b.run(chromedp.Navigate(serveReport(t, m) + "/" + pageOf(t, m, "video.bad")))
	b.want("there are controls", `document.querySelector("[data-film]").hidden`, false)
	b.run(chromedp.KeyEvent(" "))
	b.want("it is told", `document.querySelector("[data-film-problem]").checkVisibility() && document.querySelector("[data-film-problem]").textContent.slice(0, 47)`, "This browser cannot play the film of “After”: i")
	b.want("nothing plays", `[...document.querySelectorAll(".figure video")].every(v => v.paused) + document.querySelector("[data-film-play]").textContent`, "truePlay")
}

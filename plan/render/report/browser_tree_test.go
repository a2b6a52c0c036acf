package report_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// tree is what a screen reader is told of the viewer: a line for each control
// and picture, with its name, value and states.
func (b *browser) tree() []string {
	b.t.Helper()
	result, err := chromedp.Call(b.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	text := func(v *accessibility.Value) string {
		var s any
		if v == nil || json.Unmarshal(v.Value, &s) != nil {
			return ""
		}
		return fmt.Sprint(s)
	}
	nodes := map[accessibility.NodeID]*accessibility.Node{}
	for _, n := range result.Nodes {
		nodes[n.NodeID] = n
	}
	told := map[string]bool{"radiogroup": true, "radio": true, "image": true, "Video": true, "slider": true, "status": true, "button": true, "link": true, "group": true, "combobox": true, "checkbox": true, "region": true, "figure": true}
	var lines []string
	var walk func(id accessibility.NodeID, within bool)
	walk = func(id accessibility.NodeID, within bool) {
		n := nodes[id]
		if n == nil {
			return
		}
		role, name := text(n.Role), text(n.Name)
		within = within || role == "region" && (name == "Before and after" || name == "Result")
		if within && !n.Ignored && told[role] {
			line := role
			if name != "" {
				line += " " + name
			}
			if role == "status" {
				for _, c := range n.ChildIDs {
					line += " " + text(nodes[c].Name)
				}
			}
			if v := text(n.Value); v != "" {
				line += " = " + v
			}
			for _, p := range n.Properties {
				switch s := text(p.Value); {
				case p.Name == "checked" || p.Name == "pressed", p.Name == "disabled" && s == "true":
					line += fmt.Sprintf(" %s:%s", p.Name, s)
				}
			}
			lines = append(lines, line)
		}
		for _, c := range n.ChildIDs {
			walk(c, within)
		}
	}
	walk(result.Nodes[0].NodeID, false)
	return lines
}

func TestBrowserTree(t *testing.T) {
	b := openBrowser(t)
	m := write(t, sample(t))
	origin := onDisk(t, m)
	check := func(what, want string) {
		t.Helper()
		if diff := cmp.Diff(strings.Split(want, "\n"), b.tree()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", what, diff)
		}
	}
	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "image.hero")))
	b.want("percent", `document.querySelector("[data-zoom-text]").textContent.endsWith(" %")`, true)
	check("side by side", `region Before and after
radiogroup How to compare
radio Side by side checked:true
radio Swipe checked:false
radio Onion skin checked:false
radio Difference checked:false
radio Heat map checked:false
status
figure
link Open file
image Before: image.hero. A castle at dawn, painterly
figure
link Open file
image After: image.hero. A castle at night, painterly
group Size of the pictures
button Smaller
button Fit pressed:true
button One pixel to one pressed:false
button Larger`)
	b.run(chromedp.KeyEvent("5"))
	check("heat map", `region Before and after
radiogroup How to compare
radio Side by side checked:false
radio Swipe checked:false
radio Onion skin checked:false
radio Difference checked:false
radio Heat map checked:true
status Heat map
figure
image Before: image.hero. A castle at dawn, painterly
figure
image After: image.hero. A castle at night, painterly
slider Differences that are ignored = 4
status 100 % of the pixels differ by more than 8 of 255.
group Size of the pictures
button Smaller
button Fit pressed:true
button One pixel to one pressed:false
button Larger`)
	films := filmPair(t)
	origin = onDisk(t, films)
	b.run(chromedp.Navigate(origin + "/" + pageOf(t, films, "video.pair")))
	b.want("lengths", `document.querySelector("[data-film-lengths]").hidden`, false)
	b.run(chromedp.KeyEvent("s"))
	check("films", `region Before and after
radiogroup How to compare
radio Side by side checked:false
radio Swipe checked:true
radio Onion skin checked:false
radio Difference checked:false
radio Heat map checked:false
status Swipe
figure
Video Before: video.pair. short.webm
figure
Video After: video.pair. long.webm
slider How much of the picture shows the state before = 50
group Film controls
button Play
button One frame back
slider Frame = 0
button One frame forward
combobox Speed = 1×
checkbox Loop checked:true
checkbox Sound checked:false
group Size of the films
button Smaller
button Fit pressed:true
button One pixel to one pressed:false
button Larger`)
}

// TestBrowserKeyboardAlone goes through a page by Tab: each control is reached
// once, in the order of the page, and is seen to have the focus.
func TestBrowserKeyboardAlone(t *testing.T) {
	b := openBrowser(t)
	m := filmPair(t)
	origin := onDisk(t, m)
	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "video.pair") + "#mode=swipe"))
	b.want("ready", `document.querySelector("[data-film-lengths]").hidden`, false)
	send(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
	var names []string
	for range 40 {
		b.run(chromedp.KeyEvent(kb.Tab))
		name := js[string](b, `(e => e === document.body ? "" : (getComputedStyle(e).outlineStyle === "none" ? "UNSEEN " : "") + (e.getAttribute("aria-label") || e.labels?.[0]?.firstElementChild.textContent || e.textContent.trim() || e.parentElement.textContent).trim())(document.activeElement)`)
		if name == "" {
			break
		}
		names = append(names, name)
	}
	want := []string{
		"← All changes", "›Next change", "Theme: system", "Keys ?",
		"Swipe", "How much of the picture shows the state before",
		"Play", "One frame back", "Frame", "One frame forward", "Speed", "Loop", "Sound",
		"Smaller", "Fit", "One pixel to one", "Larger",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("Tab (-want +got)\n%s", diff)
	}
	b.settled(origin)
}

// TestBrowserForcedColours has a system that sets all colours: what is chosen
// is seen, and the heat and the line of the slider keep theirs.
func TestBrowserForcedColours(t *testing.T) {
	b := openBrowser(t)
	m := write(t, sample(t))
	origin := onDisk(t, m)
	send(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}}})
	b.run(chromedp.Navigate(origin + "/" + pageOf(t, m, "image.hero") + "#mode=swipe"))
	b.want("the mode", `[...document.querySelectorAll(".mode")].map(m => getComputedStyle(m).outlineStyle).join()`, "none,solid,none,none,none")
	b.want("the size", `[...document.querySelectorAll(".zoom .button")].map(m => getComputedStyle(m).outlineStyle).join()`, "none,solid,none,none")
	b.want("the line", `getComputedStyle(document.querySelector(".figures"), "::before").backgroundColor`, "rgb(255, 255, 255)")
	b.run(chromedp.KeyEvent("h"))
	b.want("the ramp", `getComputedStyle(document.querySelector(".ramp")).backgroundImage.startsWith("linear-gradient")`, true)
	b.settled(origin)
}

package report_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color/palette"
	"image/gif"
	"strings"
	"testing"

	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/render/report"
)

func gifOf(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, image.NewPaletted(image.Rect(0, 0, w, h), palette.Plan9), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// icoOf makes an icon of PNGs with these sides.
func icoOf(t testing.TB, sides ...int) []byte {
	t.Helper()
	head, body := []byte{0, 0, 1, 0, byte(len(sides)), 0}, []byte{}
	for i, side := range sides {
		b := pngOf(t, picture(side, side, i))
		line := make([]byte, 16)
		line[0], line[1] = byte(side), byte(side)
		binary.LittleEndian.PutUint32(line[8:], uint32(len(b)))
		binary.LittleEndian.PutUint32(line[12:], uint32(6+16*len(sides)+len(body)))
		head, body = append(head, line...), append(body, b...)
	}
	return append(head, body...)
}

// made is a version that is derived from others.
func made(content []byte, method string, inputs lockfile.Inputs) *report.Version {
	v := version(content, "")
	v.Entry.Provider, v.Entry.Method, v.Entry.Inputs, v.Entry.Cost, v.Entry.TaskID = "derive", method, inputs, nil, ""
	return v
}

const (
	codeBefore = "// made </div><script>alert(1)</script>\n\nexport const assets = {\n  hero: \"a.png\",\n  \u202eturned: 1,\n};\n"
	codeAfter  = "// made </div><script>alert(1)</script>\n\nexport const assets = {\n  hero: \"b.png\",\n  \u202eturned: 1,\n};\n"
)

// derived is a report with all kinds of what is made of other assets.
func derived(t testing.TB) report.Report {
	hero := version(pngOf(t, picture(640, 400, 1)), "A hero")
	hero.Entry.Width, hero.Entry.Height = 640, 400
	source := lockfile.Text(hero.Hash.String())
	card := made(pngOf(t, picture(96, 64, 2)), "variant", lockfile.Inputs{"source": source, "crop": lockfile.Numbers([]float64{1, 2, 300, 200}), "width": lockfile.Int(96)})
	sheet := func(names ...string) *report.Version {
		v := made(pngOf(t, picture(96, 64, len(names))), "atlas", lockfile.Inputs{
			"sprites": lockfile.Strings([]string{card.Hash.String(), hero.Hash.String()}), "names": lockfile.Strings(names[:2]),
		})
		v.Entry.Frames = map[string][]int{names[0]: {2, 2, 60, 30}, names[1]: {64, 2, 20, 20, 4, 5, 32, 33}, "<out>": {90, 2, 20, 20}}
		return v
	}
	changes := []report.Change{
		{Address: "atlas.units", Did: plan.Generated, Before: sheet("knight", "ox"), After: sheet("knight", "archer", "")},
		{Address: "export.code", Did: plan.Generated, Before: made([]byte(codeBefore), "export", nil), After: made([]byte(codeAfter), "export", nil)},
		{Address: "export.new", Did: plan.Generated, After: made([]byte(codeBefore), "export", nil)},
		{Address: "image.hero", Did: plan.Generated, After: hero},
		{Address: "variant.card", Did: plan.Generated, After: card},
		{Address: "variant.icon", Did: plan.Generated, After: made(icoOf(t, 16, 48), "variant", lockfile.Inputs{"source": source})},
		{Address: "variant.still", Did: plan.Generated, After: made(gifOf(t, 20, 10), "variant", lockfile.Inputs{"source": source})},
	}
	is := lockfile.New()
	for _, c := range changes {
		is.Assets[c.Address] = c.After.Entry
	}
	return report.Report{Project: "castle", Base: "main", Now: "the work tree", Changes: changes, Is: is}
}

func contains(t *testing.T, page string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestTextsOfExports(t *testing.T) {
	t.Parallel()
	m := write(t, derived(t))
	contains(t, m.text(t, pageOf(t, m, "export.new")), "// made &lt;/div&gt;&lt;script&gt;", `<span>  \u202eturned: 1,`)
	contains(t, m.text(t, pageOf(t, m, "export.code")), "<del>  hero: &#34;a.png&#34;,\n</del><ins>  hero: &#34;b.png&#34;,\n</ins>")
	index := m.text(t, report.Index)
	contains(t, index, `<div class="card-text code" aria-hidden="true">// made &lt;/div&gt;`, ">atlases <", ">exports <")
	if strings.Contains(index, "The file is no") {
		t.Error("the index calls a text no picture")
	}
}

// TestTextsAreBounded has texts of which not all is shown, and what is none.
func TestTextsAreBounded(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("é", 50) + "\n"
	for name, tt := range map[string]struct {
		content string
		want    string
	}{
		"long":     {strings.Repeat(line, 5000), "Only the first 64 KiB of the text are shown."},
		"one line": {"x" + strings.Repeat("é", 100_000), "Only the first 64 KiB of the text are shown."},
		"binary":   {"\x00\x01\x02 and so on", "The file is no text in UTF-8."},
		"latin":    {"caf\xe9\n", "The file is no text in UTF-8."},
		"empty":    {"", "The file is empty."},
		"windows":  {"a\r\nb\r\n", "<span>a\n</span><span>b\n</span>"},
		"picture":  {string(pngOf(t, picture(8, 8, 1))), "<img "},
	} {
		m := write(t, report.Report{Project: "p", Changes: []report.Change{{Address: "export.x", Did: plan.Generated, After: made([]byte(tt.content), "export", nil)}}})
		page := m.text(t, pageOf(t, m, "export.x"))
		contains(t, page, tt.want)
		if n := len(page); n > 140_000 {
			t.Errorf("%s: the page has %d bytes", name, n)
		}
		if n := len(m.text(t, report.Index)); n > 9_000 {
			t.Errorf("%s: the index has %d bytes", name, n)
		}
	}
}

func TestFramesOfAtlases(t *testing.T) {
	t.Parallel()
	m := write(t, derived(t))
	page := m.text(t, pageOf(t, m, "atlas.units"))
	contains(t, page,
		`<svg class="frames" viewBox="0 0 96 64"`,
		`<rect id="frame-after1" x="64" y="2" width="20" height="20"><title>archer</title></rect></g>`,
		`<rect id="frame-after2" x="2" y="2" width="60" height="30"><title>knight</title></rect><text x="6" y="17" font-size="12">knight</text></g>`,
		`<tr class="differs"><th scope="row"><a class="code" href="#frame-after1">archer</a>`,
		`<tr><th scope="row"><a class="code" href="#frame-after2">knight</a>`,
		`60 × 30 at 2, 2<`, `20 × 20 at 64, 2, trimmed from 32 × 33 at 4, 5`,
		`<th scope="row"><span class="code">&lt;out&gt;</span></th>`,
		`<span class="value-label">archer</span>`,
	)
	if strings.Contains(page, "Names") {
		t.Error("the names stand apart from what they name")
	}
	r := derived(t)
	for _, v := range []*report.Version{r.Changes[0].Before, r.Changes[0].After} {
		v.Entry.ContentHash = lockfile.HashBytes([]byte("another sheet"))
	}
	m = write(t, r)
	if page := m.text(t, pageOf(t, m, "atlas.units")); strings.Contains(page, "<rect") {
		t.Error("frames are drawn over a picture that is not theirs")
	}
}

// TestManyFrames bounds what is drawn and listed.
func TestManyFrames(t *testing.T) {
	t.Parallel()
	v := made(pngOf(t, picture(64, 64, 1)), "atlas", nil)
	v.Entry.Width, v.Entry.Height, v.Entry.Frames = 64, 64, map[string][]int{}
	for i := range 2100 {
		v.Entry.Frames[fmt.Sprintf("s%04d", i)] = []int{i % 60, i / 60, 1, 1}
	}
	m := write(t, report.Report{Project: "p", Gallery: true, Changes: []report.Change{{Address: "atlas.x", Did: plan.Generated, After: v}}})
	page := m.text(t, pageOf(t, m, "atlas.x"))
	if rects, rows := strings.Count(page, "<rect"), strings.Count(page, `href="#frame-`); rects != 2000 || rows != 2000 {
		t.Errorf("%d frames are drawn and %d listed, want 2000", rects, rows)
	}
	contains(t, page, "… and 100 more frames")
}

func TestSourceOfAVariant(t *testing.T) {
	t.Parallel()
	r := derived(t)
	m := write(t, r)
	page := m.text(t, pageOf(t, m, "variant.card"))
	contains(t, page,
		`<figcaption><span class="figure-name">Source</span> <a class="code" href="image-hero-`,
		`<span class="muted">640 × 400</span>`, `<span class="muted">96 × 64</span>`, ` · 640 × 400</span>`,
		"[1, 2, 300, 200]", "no cost",
	)
	if strings.Contains(page, `id="prompt-title"`) {
		t.Error("the page has a prompt")
	}
	r.Gallery = true
	m = write(t, r)
	page = m.text(t, pageOf(t, m, "variant.card"))
	contains(t, page, `<span class="code">variant.card</span> <span class="muted">96 × 64</span>`)
	if strings.Contains(page, `id="prompt-title"`) {
		t.Error("the gallery's page has a prompt")
	}
}

func TestPicturesThatAreShownAsTheyAre(t *testing.T) {
	t.Parallel()
	m := write(t, derived(t))
	icon := m.text(t, pageOf(t, m, "variant.icon"))
	contains(t, icon, "The icon holds pictures of 16 × 16 and 48 × 48 pixels.", `.ico" alt="After: variant.icon" width="48" height="48"`)
	contains(t, m.text(t, pageOf(t, m, "variant.still")), `.gif" alt="After: variant.still" width="20" height="10"`)
	contains(t, m.text(t, report.Index), `.ico" alt="`, `.gif" alt="`)
}

// TestSourceThatDidNotChange is shown beside what was made of it, and has no
// page.
func TestSourceThatDidNotChange(t *testing.T) {
	t.Parallel()
	r := derived(t)
	hero := r.Changes[3]
	r.Changes = append(r.Changes[:3:3], r.Changes[4:]...)
	r.Sources = report.Sources(r.Changes, r.Is)
	if len(r.Sources) != 1 || r.Sources[0].Address != "image.hero" {
		t.Fatalf("the sources are %v", r.Sources)
	}
	r.Sources[0].After.Open = hero.After.Open
	m := write(t, r)
	page := m.text(t, pageOf(t, m, "variant.card"))
	contains(t, page, `<span class="figure-name">Source</span> <span class="code">image.hero</span> <span class="muted">640 × 400</span>`)
	contains(t, m.text(t, report.Index), "<strong>6</strong> assets differ")
}

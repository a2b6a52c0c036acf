package report_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/render/report"

	"github.com/chromedp/chromedp"
)

// TestFileThatAPersonChanged has a card, a tag, a filter and its own facts,
// whether the lock changed as well or not.
func TestFileThatAPersonChanged(t *testing.T) {
	t.Parallel()
	was, is := pngOf(t, picture(96, 64, 1)), pngOf(t, picture(120, 80, 2))
	lock := lockfile.New()
	lock.Assets["image.edited"], lock.Assets["image.same"] = version(was, "A cat").Entry, version(is, "A dog").Entry
	edited := func(e *lockfile.Entry) bool { return e.ContentHash == lockfile.HashBytes(was) }
	changes := report.WithDrifted(nil, lock, edited)
	if len(changes) != 1 || changes[0].Address != "image.edited" || changes[0].Did != "" {
		t.Fatalf("the changes are %+v", changes)
	}
	if again := report.WithDrifted(changes, lock, edited); len(again) != 1 {
		t.Errorf("one that is listed is listed %d times", len(again))
	}
	changes[0].Before.Open = version(was, "").Open
	v := changes[0].After
	v.Drifted, v.Hash, v.Open = true, lockfile.HashBytes(is), version(is, "").Open
	m := write(t, report.Report{Project: "p", Base: "main", Now: "the work tree", Changes: changes})
	contains(t, m.text(t, report.Index), "1 file was changed by hand", `<span class="thumb-mark thumb-drifted">changed by hand</span>`,
		`<span class="tag tag-drifted">changed by hand</span>`, `data-value="drifted"`, "<strong>1</strong> asset differs")
	page := m.text(t, pageOf(t, m, "image.edited"))
	contains(t, page, `</span> <span class="tag tag-drifted">changed by hand</span>`)
	for _, row := range []string{"Dimensions|120 × 80|96 × 64", "Size|", "Content hash|" + lockfile.HashBytes(is).String() + "|" + lockfile.HashBytes(was).String()} {
		parts := strings.Split(row, "|")
		at := strings.Index(page, `<th scope="row">`+parts[0]+`<span class="unseen"> (differs)`)
		if at < 0 {
			t.Errorf("%s does not differ", parts[0])
			continue
		}
		line, _, _ := strings.Cut(page[at:], "</tr>")
		contains(t, line, append(parts[1:], `<span class="value-label">the lock says</span>`)...)
	}
}

// animated makes an animation of a PNG by the chunk that announces one.
func animated(b []byte) []byte {
	chunk := append([]byte("acTL"), 0, 0, 0, 1, 0, 0, 0, 0)
	all := binary.BigEndian.AppendUint32(bytes.Clone(b[:33]), 8)
	all = binary.BigEndian.AppendUint32(append(all, chunk...), crc32.ChecksumIEEE(chunk))
	return append(all, b[33:]...)
}

// TestWhatMovesIsNoStill: no picture that browsers move is shown as one that
// stands, or counted by a frame that nobody sees.
func TestWhatMovesIsNoStill(t *testing.T) {
	t.Parallel()
	still := pngOf(t, picture(64, 64, 1))
	gif := gifOf(t, 20, 10)
	frame := gif[bytes.IndexByte(gif, 0x2c) : len(gif)-1]
	moving := append(append(bytes.Clone(gif[:len(gif)-1]), frame...), 0x3b)
	named := version(gif, "A GIF")
	named.Entry.Output = "art/x.png"
	r := report.Report{Project: "p", Base: "main", Now: "now", Changes: []report.Change{
		{Address: "image.apng", Did: plan.Generated, Before: version(still, "One"), After: version(animated(still), "Two")},
		{Address: "image.named", Did: plan.Generated, After: named},
		{Address: "variant.moves", Did: plan.Generated, After: version(moving, "")},
	}}
	first := write(t, r)
	old := map[string][]byte{}
	for name, b := range first.files {
		old[name] = b
	}
	old["media/"+fmt.Sprintf("%x", r.Changes[0].After.Hash[:])+".png"] = animated(still) // of an earlier release
	files, _ := again(t, r, old)
	for _, m := range []*memory{first, {files: files}} {
		page := m.text(t, pageOf(t, m, "image.apng"))
		contains(t, page, "it is an animation, expected one picture")
		if strings.Contains(page, "data-shares") || strings.Contains(page, "data-mode") {
			t.Error("an animation is compared")
		}
	}
	contains(t, first.text(t, pageOf(t, first, "image.named")), "whatever its name says: it is a GIF image")
	contains(t, first.text(t, pageOf(t, first, "variant.moves")), "It is an animation of 2 pictures.")
}

// TestFilmsAreLookedAt: one that is not whole gets words and no player, and the
// facts are those of the file.
func TestFilmsAreLookedAt(t *testing.T) {
	t.Parallel()
	film := func(text string) []byte { return []byte("\x00\x00\x00\x18ftypisom" + text) }
	r := report.Report{Project: "p", Gallery: true, Changes: []report.Change{
		{Address: "video.cut", After: version(film("cut"), "A")}, {Address: "video.whole", After: version(film("whole"), "B")},
	}}
	r.Changes[1].After.Entry.Duration = 2
	r.Film = func(open func() (io.ReadCloser, error)) (report.Film, error) {
		f, err := open()
		if err != nil {
			return report.Film{}, err
		}
		defer f.Close()
		if b, _ := io.ReadAll(f); bytes.HasSuffix(b, []byte("cut")) {
			return report.Film{}, errors.New("the file is cut short")
		}
		return report.Film{Width: 320, Height: 180, Duration: 3.0004, Bytes: 17}, nil
	}
	m := write(t, r)
	files, _ := again(t, r, m.files)
	for _, m := range []*memory{m, {files: files}} {
		page := m.text(t, pageOf(t, m, "video.cut"))
		contains(t, page, "The film cannot be shown: the file is cut short.")
		if strings.Contains(page, "<video") {
			t.Error("a film that is cut short has a player")
		}
		contains(t, m.text(t, pageOf(t, m, "video.whole")), `<video src=`, `width="320" height="180"`, "3 s</span>", `the lock says</span><span>2 s</span>`)
	}
}

// TestBrowserFourCandidates looks at the promise of the page: four are seen at
// once, and no width is left out.
func TestBrowserFourCandidates(t *testing.T) {
	b := openBrowser(t)
	r := report.Report{Project: "icons", Unpicked: true}
	for i := range 8 {
		var four [][]byte
		for k := range 4 {
			four = append(four, pngOf(t, picture(512, 512, 4*i+k)))
		}
		r.Changes = append(r.Changes, report.Change{Address: fmt.Sprintf("image.icon[%d]", i), Did: plan.Generated, After: chosen(0, "An icon", four...)})
	}
	origin := serveReport(t, write(t, r))
	for _, width := range []int64{390, 768} {
		b.run(chromedp.EmulateViewport(width, 844), chromedp.Navigate(origin))
		b.want(fmt.Sprintf("no sideways scrolling at %d", width), `[document.documentElement.scrollWidth, ...[...document.querySelectorAll(".strip-item")].map(e => Math.ceil(e.getBoundingClientRect().right))].every(x => x <= innerWidth)`, true)
		b.want("two by two", `new Set([...document.querySelector(".strip").children].map(e => e.offsetTop)).size`, 2.0)
	}
	for _, size := range [][2]int64{{1024, 800}, {1280, 800}, {1920, 1080}} {
		b.run(chromedp.EmulateViewport(size[0], size[1]), chromedp.Navigate(origin), chromedp.KeyEvent("j"), chromedp.KeyEvent("j"))
		b.want(fmt.Sprint("four are in the window of ", size), `[...document.querySelectorAll(".pick")[1].querySelectorAll(".strip-item")].filter(e => { const r = e.getBoundingClientRect(); return r.top > 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth; }).length`, 4.0)
	}
	b.settled(origin)
}

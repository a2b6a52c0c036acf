package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"assetform/config/diag"
	"assetform/lockfile"
)

// maxFrames bounds how many frames of an atlas a page draws and lists.
const maxFrames = 2000

// The places of an atlas on a page, as it is with a wide window: what is drawn
// over it is as large as texts are there.
const (
	placeWidth  = 1200
	placeHeight = 640
	labelSize   = 12
)

// sheetView is what is drawn over an atlas, in its pixels.
type sheetView struct {
	Width, Height int
	Font          int
	Frames        []frameView
}

// frameView is the frame of one sprite.
type frameView struct {
	ID         string
	Name       string
	X, Y, W, H int
	Label      bool // there is room for its name
	Baseline   int
	Left       int
}

// sheet is what is drawn over a version's picture; nil if it has no frames,
// and where the picture is not the one whose frames the lock knows.
func (p *pages) sheet(prefix string, v *Version, m *medium) *sheetView {
	e := v.Entry
	if len(e.Frames) == 0 || v.Hash != e.ContentHash || m.File == "" || m.Width != e.Width || m.Height != e.Height {
		return nil
	}
	// How many pixels of the atlas are one of the screen.
	scale := max(1, float64(m.Width)/placeWidth, float64(m.Height)/placeHeight)
	s := &sheetView{Width: m.Width, Height: m.Height, Font: int(labelSize * scale)}
	for i, name := range frameNames(e) {
		f := e.Frames[name]
		if len(f) < 4 || f[0] < 0 || f[1] < 0 || f[2] <= 0 || f[3] <= 0 || f[0] > m.Width-f[2] || f[1] > m.Height-f[3] {
			continue
		}
		view := frameView{ID: frameID(prefix, i), Name: name, X: f[0], Y: f[1], W: f[2], H: f[3]}
		view.Left, view.Baseline = f[0]+s.Font/3, f[1]+s.Font*5/4
		view.Label = (utf8.RuneCountInString(name)+1)*s.Font*2/3 <= f[2] && s.Font*3/2 <= f[3]
		s.Frames = append(s.Frames, view)
	}
	return s
}

func frameID(prefix string, i int) string {
	return "frame-" + strings.ToLower(prefix) + strconv.Itoa(i)
}

// frameNames are the names of an entry's frames in their order, as far as they
// are shown.
func frameNames(e lockfile.Entry) []string {
	names := slices.Sorted(maps.Keys(e.Frames))
	return names[:min(len(names), maxFrames)]
}

// frames are the rows of an atlas' table of frames; rest says how many are not
// in it.
func (p *pages) frames(a *assetView, c *Change) (rows []factView, rest string) {
	all := map[string]bool{}
	before, after := frameTexts(c.Before), frameTexts(c.After)
	for _, texts := range []map[string]string{before, after} {
		for name := range texts {
			all[name] = true
		}
	}
	drawn := map[string]string{} // what shows a frame, by name
	for _, side := range []*sideView{a.Before, a.After} {
		if side != nil && side.Sheet != nil {
			for _, f := range side.Sheet.Frames {
				drawn[f.Name] = f.ID
			}
		}
	}
	names := slices.Sorted(maps.Keys(all))
	if more := len(names) - maxFrames; more > 0 {
		names, rest = names[:maxFrames], "… and "+diag.Count(more, "more frame")
	}
	for _, name := range names {
		row := factView{Name: name, Target: drawn[name], Changed: c.Before != nil && c.After != nil && before[name] != after[name]}
		if text, ok := before[name]; ok {
			row.Before = []valueView{{Text: text}}
		}
		if text, ok := after[name]; ok {
			row.After = []valueView{{Text: text}}
		}
		rows = append(rows, row)
	}
	return rows, rest
}

// frameTexts says for people where a version's frames are.
func frameTexts(v *Version) map[string]string {
	texts := map[string]string{}
	if v == nil {
		return texts
	}
	for name, f := range v.Entry.Frames {
		if len(f) < 4 {
			continue
		}
		text := fmt.Sprintf("%d × %d at %d, %d", f[2], f[3], f[0], f[1])
		if len(f) == 8 {
			text += fmt.Sprintf(", trimmed from %d × %d at %d, %d", f[6], f[7], f[4], f[5])
		}
		texts[name] = text
	}
	return texts
}

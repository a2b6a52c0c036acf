package cli

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/apply/graphics"
	"assetform/lockfile"
)

// A candidate's picture reaches the terminal as it is, and what others wrote does
// not. The terminal is asked only where there is a picture to show.
func TestPickShowsPictures(t *testing.T) {
	t.Parallel()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	s, err := NewSession(Process{Engines: all.Engines, Name: "pick", Version: "0.1.0", Chdir: t.TempDir(), In: null, Out: null, Err: null, Environ: []string{"PATH=" + os.Getenv("PATH")}})
	if err != nil {
		t.Fatal(err)
	}
	st := s.candidateStore()
	p, err := st.Create()
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(p, image.NewGray(image.Rect(0, 0, 640, 320))); err != nil {
		t.Fatal(err)
	}
	stored, _, err := p.Commit()
	if err != nil {
		t.Fatal(err)
	}
	asked, shown := 0, 0
	pictures := func() graphics.Protocol {
		asked++
		return func(b []byte) string {
			c, err := png.DecodeConfig(bytes.NewReader(b))
			if err != nil || c.Width != 320 || c.Height != 160 {
				t.Errorf("picture %+v, %v", c, err)
			}
			shown++
			return "\x1bPpicture\x1b\\"
		}
	}
	list := func(address string, h lockfile.ContentHash) string {
		var out bytes.Buffer
		s.Out = &out
		s.showPicks([]pickedAsset{{Address: address, Output: "a\x1b[2J.png", Candidates: []pickCandidate{
			{Number: 1, ContentHash: h, File: "\x1b[2J"}, {Number: 2},
		}}}, pictures)
		return out.String()
	}
	if text := list("image.a", lockfile.HashBytes([]byte("elsewhere"))); asked != 0 || strings.Contains(text, "\x1b") {
		t.Errorf("asked %d times for nothing:\n%q", asked, text)
	}
	if text := list("image.a", stored); shown != 1 || strings.Count(text, "\x1bPpicture\x1b\\") != 1 || strings.Count(text, "\x1b") != 2 {
		t.Errorf("shown %d:\n%q", shown, text)
	}
	if text := list("video.a", stored); shown != 1 || !strings.Contains(text, "a film: open the file") {
		t.Errorf("shown %d:\n%q", shown, text)
	}
}

func TestHowToLookAtCandidates(t *testing.T) {
	t.Parallel()
	waits, picked := pickedAsset{}, pickedAsset{Picked: 2}
	for _, tt := range []struct {
		list []pickedAsset
		want string
	}{{[]pickedAsset{waits, waits}, "report --unpicked"}, {[]pickedAsset{waits, picked}, "report --all"}} {
		if got := howToLook(tt.list); !strings.Contains(got, tt.want) {
			t.Errorf("%d assets: %q lacks %q", len(tt.list), got, tt.want)
		}
	}
}

package report_test

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/plan"
	"assetform/plan/render/report"
)

// TestMediaByContent shows every format that outputs have, whatever the
// output's name says.
func TestMediaByContent(t *testing.T) {
	t.Parallel()
	webp, err := os.ReadFile(filepath.Join("testdata", "wide.webp"))
	if err != nil {
		t.Fatal(err)
	}
	film, err := os.ReadFile(filepath.Join("..", "..", "..", "apply", "media", "testdata", "film.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	webm := append([]byte("\x1a\x45\xdf\xa3"), make([]byte, 64)...)
	r := report.Report{Project: "p", Changes: []report.Change{
		{Address: "image.jpeg", Did: plan.Generated, After: version(jpegOf(t, picture(40, 30, 1)), "j")},
		{Address: "image.webp", Did: plan.Generated, After: version(webp, "w")},
		{Address: "video.mp4", Did: plan.Generated, Before: version(webm, "m"), After: version(film, "m")},
	}}
	m := write(t, r)
	got := map[string]int{}
	for name := range m.files {
		dir, _, _ := strings.Cut(name, "/")
		if dir == "media" || dir == "thumb" {
			got[dir+filepath.Ext(name)]++
		}
	}
	for _, want := range []string{"media.jpg", "media.webp", "thumb.jpg", "media.mp4", "media.webm"} {
		if got[want] != 1 {
			t.Errorf("there are %d files %s among %v", got[want], want, m.names())
		}
	}
	page := m.text(t, pageOf(t, m, "video.mp4"))
	if strings.Count(page, "<video ") != 2 || !strings.Contains(page, "data-film ") {
		t.Error("the page does not play both films")
	}
}

// TestAbsurdSize has a picture whose header claims more pixels than are
// decoded.
func TestAbsurdSize(t *testing.T) {
	t.Parallel()
	b := pngOf(t, picture(8, 8, 1))
	copy(b[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536 x 65536
	// The header's checksum has to fit, or the size is not believed.
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	m := write(t, report.Report{Project: "p", Changes: []report.Change{{Address: "image.big", Did: plan.Generated, After: version(b, "big")}}})
	if page := m.text(t, pageOf(t, m, "image.big")); !strings.Contains(page, "65536 x 65536 pixels are more than") {
		t.Errorf("the page does not say that the picture is too large")
	}
}

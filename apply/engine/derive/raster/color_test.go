package raster

import (
	"image/color"
	"testing"
)

func TestParseColor(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]color.NRGBA{
		"#fff": {255, 255, 255, 255}, "#1aF": {0x11, 0xaa, 0xff, 255}, "#102030": {0x10, 0x20, 0x30, 255},
		"#10203040": {0x10, 0x20, 0x30, 0x40}, "transparent": {}, "#00000000": {}, "#FFFFFFFF": {255, 255, 255, 255},
	} {
		if got, err := ParseColor(s); err != nil || got != want {
			t.Errorf("%s is %v, want %v: %v", s, got, want, err)
		}
	}
	for _, s := range []string{"", "#", "fff", "#ff", "#ffff", "#fffff", "#fffffff", "#ggg", "#+ff", "#-12345", "#0x1", "#1_2", "red", "#ffffffffff", "# ff"} {
		if got, err := ParseColor(s); err == nil {
			t.Errorf("%q is %v, want an error", s, got)
		}
	}
}

// FuzzParseColor holds that what is read is written again as something that is
// read the same.
func FuzzParseColor(f *testing.F) {
	for _, s := range []string{"#fff", "#102030", "#10203040", "transparent", "#12", "red", "#é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseColor(s)
		if err != nil || c.A == 0 {
			return
		}
		if again, err := ParseColor(named(c)); err != nil || again != c {
			t.Errorf("%q is %v, and as %s %v: %v", s, c, named(c), again, err)
		}
	})
}

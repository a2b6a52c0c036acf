package raster

import (
	"fmt"
	"image/color"
	"strconv"
)

// ParseColor reads #rgb, #rrggbb, #rrggbbaa or transparent.
func ParseColor(s string) (color.NRGBA, error) {
	if s == "transparent" {
		return color.NRGBA{}, nil
	}
	wrong := fmt.Errorf("%q is no colour, expected #rgb, #rrggbb, #rrggbbaa or transparent", s)
	if len(s) == 0 || s[0] != '#' {
		return color.NRGBA{}, wrong
	}
	v, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil || s[1] == '+' {
		return color.NRGBA{}, wrong
	}
	n := uint32(v)
	switch len(s) {
	case 4:
		const twice = 0x11 // a digit stands for two
		return color.NRGBA{R: uint8(n>>8) * twice, G: uint8(n>>4&15) * twice, B: uint8(n&15) * twice, A: 255}, nil
	case 7:
		n = n<<8 | 255
	case 9:
	default:
		return color.NRGBA{}, wrong
	}
	return color.NRGBA{R: uint8(n >> 24), G: uint8(n >> 16), B: uint8(n >> 8), A: uint8(n)}, nil
}

// named is a colour as ParseColor reads it.
func named(c color.NRGBA) string {
	if c.A == 0 {
		return "transparent"
	}
	if c.A == 255 {
		return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	}
	return fmt.Sprintf("#%02x%02x%02x%02x", c.R, c.G, c.B, c.A)
}

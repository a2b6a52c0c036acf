package derive

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"assetform/apply/engine/derive/raster"
)

// The functions below bring the values of settings to their one form, so that
// values that mean the same are hashed the same. Each takes what it returns.

const (
	auto    = "auto"
	atFirst = "first"
	atLast  = "last"
)

// acceptColor makes #rrggbb of a colour, #rrggbbaa if it shows through, or
// transparent.
func acceptColor(value any) (any, error) {
	const want = "a colour: #rgb, #rrggbb, #rrggbbaa or transparent"
	text, ok := value.(string)
	if !ok {
		return nil, unexpected(value, want)
	}
	c, err := raster.ParseColor(text)
	if err != nil {
		return nil, unexpected(value, want)
	}
	return colorName(c), nil
}

func colorName(c color.NRGBA) string {
	switch c.A {
	case 0:
		return "transparent"
	case 255:
		return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	}
	return fmt.Sprintf("#%02x%02x%02x%02x", c.R, c.G, c.B, c.A)
}

func acceptKey(value any) (any, error) {
	if value == auto {
		return auto, nil
	}
	name, err := acceptColor(value)
	if err != nil || len(name.(string)) != len("#rrggbb") {
		return nil, unexpected(value, "auto, or the ground's colour as #rgb or #rrggbb")
	}
	return name, nil
}

// focuses are the names of the places in which shares are halves, by row and
// column.
var focuses = [3][3]string{
	{"top-left", "top", "top-right"},
	{"left", "center", "right"},
	{"bottom-left", "bottom", "bottom-right"},
}

// acceptFocus prefers names to shares.
func acceptFocus(value any) (any, error) {
	const want = "center, top, bottom, left, right, a corner like top-left, or [x, y] from 0 to 1"
	if text, ok := value.(string); ok {
		if _, err := raster.ParseFocus(text); err != nil {
			return nil, unexpected(value, want)
		}
		return text, nil
	}
	list, ok := numbersOf(value)
	if !ok || len(list) != 2 || !(list[0] >= 0 && list[0] <= 1 && list[1] >= 0 && list[1] <= 1) {
		return nil, unexpected(value, want)
	}
	x, y := 2*list[0], 2*list[1]
	if x == math.Trunc(x) && y == math.Trunc(y) {
		return focuses[int(y)][int(x)], nil
	}
	return []float64{list[0] + 0, list[1] + 0}, nil // no -0
}

func acceptCrop(value any) (any, error) {
	list, ok := wholesOf(value, 0)
	if !ok || len(list) != 4 || list[2] < 1 || list[3] < 1 {
		return nil, unexpected(value, "[x, y, width, height] in whole pixels, with sides of at least 1")
	}
	return list, nil
}

func acceptGrid(value any) (any, error) {
	return acceptPair(value, 1, "[columns, rows], each at least 1")
}

func acceptCell(value any) (any, error) {
	return acceptPair(value, 0, "[column, row], each from 0")
}

func acceptSize(value any) (any, error) {
	return acceptPair(value, 1, "[width, height] in whole pixels, each at least 1")
}

func acceptPair(value any, least float64, want string) (any, error) {
	list, ok := wholesOf(value, least)
	if !ok || len(list) != 2 {
		return nil, unexpected(value, want)
	}
	return list, nil
}

func acceptSizes(value any) (any, error) {
	const want = "a list of 1 to 16 sides in pixels, each 1 to 256 and there once"
	list, ok := wholesOf(value, 1)
	if !ok || len(list) == 0 || len(list) > 16 {
		return nil, unexpected(value, want)
	}
	for i, n := range list {
		if n > 256 || slices.Contains(list[:i], n) {
			return nil, unexpected(value, want)
		}
	}
	return list, nil
}

func acceptPalette(value any) (any, error) {
	want := fmt.Sprintf("a number of colours from 2 to %d, or a list of at most so many colours", raster.MaxColors)
	if n, ok := wholesOf([]any{value}, 2); ok && n[0] <= raster.MaxColors {
		return int64(n[0]), nil
	}
	list, ok := listOf(value)
	if !ok || len(list) == 0 || len(list) > raster.MaxColors {
		return nil, unexpected(value, want)
	}
	colors := make([]string, len(list))
	for i, v := range list {
		name, err := acceptColor(v)
		if err != nil {
			return nil, err
		}
		colors[i] = name.(string)
	}
	return colors, nil
}

// acceptAt makes seconds a fraction; those of the first picture are its name.
func acceptAt(value any) (any, error) {
	switch value {
	case atFirst, atLast:
		return value, nil
	}
	n, ok := numberOf(value)
	if !ok || !(n >= 0) || n > maxAt {
		return nil, unexpected(value, "seconds from 0, first or last")
	}
	if n == 0 {
		return atFirst, nil
	}
	return n, nil
}

// maxAt is more than any film lasts that is taken.
const maxAt = 86_400

// acceptBase makes a path clean: the root module's directory is "."
func acceptBase(value any) (any, error) {
	text, ok := value.(string)
	if !ok || text == "" || path.IsAbs(text) || strings.ContainsAny(text, "\\\x00") {
		return nil, unexpected(value, "a directory of the project, like public")
	}
	return path.Clean(text), nil
}

func unexpected(value any, want string) error {
	return errors.New("found " + shown(value) + ", expected " + want)
}

// shown writes a value as configuration has it, or the beginning of it.
func shown(value any) string {
	const most = 8
	switch v := value.(type) {
	case string:
		return fmt.Sprintf("%.60q", v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case int, int64, bool:
		return fmt.Sprint(v)
	}
	list, ok := listOf(value)
	if !ok {
		return "another value"
	}
	parts := make([]string, 0, most+1)
	for _, v := range list[:min(len(list), most)] {
		part := "[...]"
		if _, ok := listOf(v); !ok {
			part = shown(v)
		}
		parts = append(parts, part)
	}
	if len(list) > most {
		parts = append(parts, "...")
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// listOf is a list in any of the forms that lists have.
func listOf(value any) ([]any, bool) {
	var out []any
	switch v := value.(type) {
	case []any:
		return v, true
	case []string:
		for _, s := range v {
			out = append(out, s)
		}
	case []float64:
		for _, n := range v {
			out = append(out, n)
		}
	default:
		return nil, false
	}
	return out, true
}

func numberOf(value any) (float64, bool) {
	switch v := value.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return 0, false
}

func numbersOf(value any) ([]float64, bool) {
	list, ok := listOf(value)
	if !ok {
		return nil, false
	}
	out := make([]float64, len(list))
	for i, v := range list {
		if out[i], ok = numberOf(v); !ok {
			return nil, false
		}
	}
	return out, true
}

// wholesOf is a list of whole numbers that are counts of pixels or less.
func wholesOf(value any, least float64) ([]float64, bool) {
	const most = 1 << 30
	list, ok := numbersOf(value)
	for i, n := range list {
		if n != math.Trunc(n) || n < least || n > most {
			return nil, false
		}
		list[i] = n + 0 // no -0
	}
	return list, ok
}

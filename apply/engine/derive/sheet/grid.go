package sheet

import (
	"fmt"
	"image"
	"math"
	"slices"

	"assetform/apply/engine/derive/raster"
)

// grid stands the sprites in cells, row by row in their order.
func (s *Settings) grid(boxes []Box) (*Arrangement, error) {
	cell := s.CellSize
	if cell == (image.Point{}) {
		for _, b := range boxes {
			cell.X, cell.Y = max(cell.X, b.Size.X), max(cell.Y, b.Size.Y)
		}
	}
	large := slices.DeleteFunc(slices.Clone(boxes), func(b Box) bool { return b.Size.X <= cell.X && b.Size.Y <= cell.Y })
	if len(large) > 0 {
		return nil, fmt.Errorf("%s not fit a cell of %dx%d: make the sprites smaller or cell_size larger", does(large), cell.X, cell.Y)
	}
	columns := s.Columns
	if columns == 0 {
		for columns*columns < len(boxes) {
			columns++
		}
	}
	rows := (len(boxes) + columns - 1) / columns
	pitch := cell.Add(image.Pt(2*s.Extrude+s.Padding, 2*s.Extrude+s.Padding))
	size := image.Pt(columns*pitch.X+s.Padding, rows*pitch.Y+s.Padding)
	if !s.allows(size.X, size.Y) {
		return nil, s.gridTooLarge(boxes, cell, pitch, columns, rows)
	}
	anchor := raster.Focus{X: 0.5, Y: 0.5}
	if s.Anchor != nil {
		anchor = *s.Anchor
	}
	a := &Arrangement{Size: image.Pt(s.rounded(size.X), s.rounded(size.Y)), Places: make([]image.Point, len(boxes))}
	inset := s.Padding + s.Extrude
	for i, b := range boxes {
		slack := cell.Sub(b.Size)
		a.Places[i] = image.Pt(
			inset+i%columns*pitch.X+int(math.Floor(float64(slack.X)*anchor.X)),
			inset+i/columns*pitch.Y+int(math.Floor(float64(slack.Y)*anchor.Y)))
	}
	return a, nil
}

// gridTooLarge names the sprites in the rows that do not fit, or says that
// already the columns do not.
func (s *Settings) gridTooLarge(boxes []Box, cell, pitch image.Point, columns, rows int) error {
	most := s.maxSide()
	fit := max((most-s.Padding)/pitch.Y, 0)
	for fit > 0 && !s.allows(columns*pitch.X+s.Padding, fit*pitch.Y+s.Padding) {
		fit--
	}
	if fit == 0 {
		return fmt.Errorf("%d columns of %dx%d cells%s do not fit a sheet of %dx%d: use fewer columns or a larger max_size", columns, cell.X, cell.Y, s.edges(), most, most)
	}
	return fmt.Errorf("%s not fit: %d rows of %d cells of %dx%d%s are more than a sheet of %dx%d holds, which is %d rows: use more columns, a larger max_size or two atlases",
		does(boxes[min(fit*columns, len(boxes)-1):]), rows, columns, cell.X, cell.Y, s.edges(), most, most, fit)
}

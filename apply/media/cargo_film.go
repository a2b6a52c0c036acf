package media

import (
	"errors"
	"fmt"

	"assetform/config/format"
)

// mp4 looks at the boxes of an MP4 that hold neither film nor tables, and at what
// stands behind them.
func (c *cargo) mp4() error {
	f := &mp4File{r: c.r, size: c.size}
	var visit func(b box) error
	visit = func(b box) error {
		if err := c.part(); err != nil {
			return err
		}
		switch b.name {
		case "ftyp", "styp", "mdat", "moof", "sidx", "ssix", "mfra", "prft", "emsg", "pdin":
			return nil
		case "moov":
			return f.inside(b, visit)
		case "mvhd", "trak", "mvex", "iods":
			return nil
		}
		return c.carry(b.name, b.body, b.end-b.body)
	}
	end, err := f.film(visit)
	if err != nil || end == c.size {
		return err
	}
	rest := make([]byte, min(c.size-end, format.HeadBytes))
	if err := f.read(rest, end); err != nil {
		return err
	}
	if found := format.Sniff(rest); found != "" {
		return fmt.Errorf("%s of %d bytes behind its end", found, c.size-end)
	}
	return c.carry("data behind its end", end, c.size-end)
}

// Elements of Matroska that are passed over for another reason than that they
// describe the film.
const (
	webmAdditions   = 0x75a1 // transparency, frame by frame
	webmAttachments = 0x1941a469
)

// webm looks at the elements of a WebM that hold no film.
func (c *cargo) webm() error {
	f := newWebM(c.r, c.size)
	f.passing = func(id uint64, at, size int64) error {
		switch id {
		case webmAdditions:
			return nil
		case webmAttachments:
			return errors.New("it has attachments, which no WebM may have")
		}
		return c.carry(fmt.Sprintf("element %#x", id), at, size)
	}
	return f.walk()
}

package outputs

import (
	"image/gif"
	"io"
	"path"

	"assetform/apply/media"
	"assetform/config/format"
	"assetform/lockfile"
)

// Describes tells whether an entry says of a file at that output what the file
// is: its type, and the size of a picture by its head. No pixel is decoded.
func Describes(e *lockfile.Entry, output string, r io.ReaderAt, size int64) bool {
	if size != e.Bytes {
		return false
	}
	m := media.Info{Type: mediaTypeText, Bytes: size}
	var err error
	switch kind := format.TypeOf(path.Ext(output)); {
	case kind == "": // a text has no size, and none of its kinds has a type of its own
	case kind == "image/gif":
		m.Type = kind
		m.Width, m.Height, err = sizeOfGIF(r, size)
	case kind == "image/x-icon":
		m, err = identifyIcon(r, size)
	case media.IsVideo(kind):
		m, err = media.Probe(r, size)
	default:
		m, err = media.Head(r, size)
	}
	return err == nil && m.Type == e.MediaType && m.Width == e.Width && m.Height == e.Height
}

func sizeOfGIF(r io.ReaderAt, size int64) (width, height int, err error) {
	head, err := gif.DecodeConfig(io.NewSectionReader(r, 0, size))
	return head.Width, head.Height, err
}

package media

import (
	"io"

	"assetform/config/picture"
)

// Head is what the beginning of an image says of it: nothing is decoded.
func Head(r io.ReaderAt, size int64) (Info, error) {
	f, err := picture.Open(r, size)
	if err != nil {
		return Info{}, err
	}
	return Info{Type: f.Type, Bytes: size, Width: f.Width, Height: f.Height}, nil
}

package media

import (
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// probeImage decodes an image to its last pixel; nothing less shows that a
// file was not cut or altered. The bound on pixels is checked first.
func probeImage(r io.ReaderAt, size int64, mediaType string) (Info, error) {
	if size > maxImageBytes {
		return Info{}, fmt.Errorf("its %d bytes are more than %d", size, int64(maxImageBytes))
	}
	if mediaType == typeJPEG {
		// A file that ends early is the decoder's to judge.
		_, err := walkJPEG(io.NewSectionReader(r, 0, size), func(byte, int64, int64) error { return nil })
		if err != nil && !errors.Is(err, errCutShort) {
			return Info{}, err
		}
	}
	m, err := decodeImage(io.NewSectionReader(r, 0, size), mediaType)
	if err != nil {
		return Info{}, err
	}
	return Info{Width: m.Bounds().Dx(), Height: m.Bounds().Dy()}, nil
}

// decodeImage decodes an image within the bounds. Of an animated PNG it
// returns the picture that programs without animation show.
func decodeImage(r io.ReadSeeker, mediaType string) (image.Image, error) {
	var config func(io.Reader) (image.Config, error)
	var decode func(io.Reader) (image.Image, error)
	switch mediaType {
	case typePNG:
		config, decode = png.DecodeConfig, png.Decode
	case typeJPEG:
		config, decode = jpeg.DecodeConfig, jpeg.Decode
	case typeWebP:
		config, decode = webp.DecodeConfig, webp.Decode
		if err := refuseAnimation(r); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("%q is no image that can be decoded", mediaType)
	}
	c, err := config(r)
	if err != nil {
		return nil, err
	}
	if err := checkFrame(int64(c.Width), int64(c.Height)); err != nil {
		return nil, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return decode(r)
}

// refuseAnimation says clearly what the decoder would call an invalid format.
// The flag stands in the header of WebP's extended form.
func refuseAnimation(r io.ReadSeeker) error {
	var head [21]byte
	_, err := io.ReadFull(r, head[:])
	if err == nil && string(head[12:16]) == "VP8X" && head[20]&0x02 != 0 {
		return errAnimation
	}
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return err
	}
	_, err = r.Seek(0, io.SeekStart)
	return err
}

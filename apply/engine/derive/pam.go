package derive

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
	"strconv"
	"strings"

	pictures "assetform/config/picture"
)

// A film's pictures come from the program in Netpbm's PAM: a head in words, and
// the bytes of the pixels.

// readPAMs reads pictures of Netpbm's PAM, red, green, blue and alpha of 8 bits
// and at most so many pixels, up to the end, and returns the last one.
func readPAMs(r io.Reader, most int) (*image.NRGBA, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	var m, spare *image.NRGBA
	for {
		size, err := readPAMHead(in)
		if err == io.EOF {
			return m, nil
		}
		if err != nil {
			return nil, err
		}
		if size.X > most/size.Y {
			return nil, fmt.Errorf("it has %dx%d pixels, more than the video says", size.X, size.Y)
		}
		if spare == nil || spare.Rect.Size() != size {
			spare = image.NewNRGBA(image.Rectangle{Max: size})
		}
		if _, err := io.ReadFull(in, spare.Pix); err != nil {
			return nil, errors.New("it is cut short")
		}
		m, spare = spare, m
	}
}

// readPAMHead returns io.EOF where there is no other picture.
func readPAMHead(in *bufio.Reader) (size image.Point, err error) {
	const lines = 16
	seen := map[string]string{}
	for n := 0; n < lines; n++ {
		line, err := in.ReadSlice('\n')
		if err == io.EOF && n == 0 && len(line) == 0 {
			return size, io.EOF
		}
		if err != nil {
			return size, errors.New("its head is cut short or too long")
		}
		name, value, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		if (n == 0) != (name == "P7") {
			return size, fmt.Errorf("its head has a line %.20q", line)
		}
		if name == "ENDHDR" {
			return pamSize(seen)
		}
		seen[name] = value
	}
	return size, errors.New("its head has no end")
}

func pamSize(seen map[string]string) (size image.Point, err error) {
	if seen["DEPTH"] != "4" || seen["MAXVAL"] != "255" {
		return size, fmt.Errorf("it has %q channels up to %q", seen["DEPTH"], seen["MAXVAL"])
	}
	w, err1 := strconv.Atoi(seen["WIDTH"])
	h, err2 := strconv.Atoi(seen["HEIGHT"])
	if err1 != nil || err2 != nil || w < 1 || h < 1 || w > pictures.MaxPixels || h > pictures.MaxPixels/w {
		return size, fmt.Errorf("it has %q x %q pixels", seen["WIDTH"], seen["HEIGHT"])
	}
	return image.Pt(w, h), nil
}

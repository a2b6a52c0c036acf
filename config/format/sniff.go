package format

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// HeadBytes is how much of a file's beginning Sniff and Describe want to see.
const HeadBytes = 512

// Sniff returns the media type that the first bytes of a file claim, or "" for
// what is in none of the formats in which pictures and films are taken.
func Sniff(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(head, []byte{0xff, 0xd8, 0xff}):
		return "image/jpeg"
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return "image/webp"
	case len(head) >= 12 && string(head[4:8]) == "ftyp" && foreignBrand(head) == "":
		return "video/mp4"
	case bytes.HasPrefix(head, []byte{0x1a, 0x45, 0xdf, 0xa3}):
		return "video/webm"
	}
	return ""
}

// Describe says for people what a file is that Sniff does not know: "an AVIF
// image", "an HTML page", "text" or "unknown data". Of a text it quotes the
// first words on one line, with control characters escaped; nothing is
// redacted.
func Describe(head []byte) (found, words string) {
	if len(head) == 0 {
		return anEmptyFile, ""
	}
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		if found := foreignBrand(head); found != "" {
			return found, ""
		}
	}
	if len(head) > 376 && head[0] == 'G' && head[188] == 'G' && head[376] == 'G' {
		return "an MPEG transport stream", ""
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff")))
	isWords := len(text) > 0 && isText(text)
	for _, f := range foreign {
		if isWords && len(f.magic) < 5 {
			continue // "BMW" begins no picture
		}
		if len(head) > f.at && strings.HasPrefix(string(head[f.at:]), f.magic) {
			return f.found, ""
		}
	}
	switch {
	case len(bytes.Trim(head, "\x00")) == 0:
		return zeros, ""
	case !isWords:
		return "unknown data", ""
	}
	return textKind(text), firstWords(text)
}

// IsAnswer tells whether what Describe found is what servers send in place of a
// file, for a while.
func IsAnswer(found string) bool {
	switch found {
	case anEmptyFile, zeros, html, json, xml, plain:
		return true
	}
	return false
}

const (
	anEmptyFile = "an empty file"
	zeros       = "nothing but zeros"
	html        = "an HTML page"
	json        = "JSON"
	xml         = "XML"
	plain       = "text"
)

// foreign are how files begin that are taken for no asset, and that people
// bring or services deliver all the same.
var foreign = []struct {
	at    int
	magic string
	found string
}{
	{0, "GIF87a", "a GIF image"},
	{0, "GIF89a", "a GIF image"},
	{0, "\xff\x0a", "a JPEG XL image"},
	{0, "\x00\x00\x00\x0cJXL \r\n\x87\n", "a JPEG XL image"},
	{0, "\x00\x00\x00\x0cjP  \r\n\x87\n", "a JPEG 2000 image"},
	{0, "\xff\x4f\xff\x51", "a JPEG 2000 image"},
	{0, "BM", "a BMP image"},
	{0, "II*\x00", "a TIFF image"},
	{0, "MM\x00*", "a TIFF image"},
	{0, "II+\x00", "a TIFF image"},
	{0, "MM\x00+", "a TIFF image"},
	{0, "\x00\x00\x01\x00", "an ICO image"},
	{0, "\x00\x00\x02\x00", "a CUR image"},
	{0, "8BPS", "a Photoshop document"},
	{0, "gimp xcf", "a GIMP document"},
	{0, "DDS ", "a DDS texture"},
	{0, "\xabKTX ", "a KTX texture"},
	{0, "v/1\x01", "an OpenEXR image"},
	{0, "#?RADIANCE", "a Radiance HDR image"},
	{0, "#?RGBE", "a Radiance HDR image"},
	{0, "qoif", "a QOI image"},
	{0, "\x8aMNG", "an MNG film"},
	{0, "P5\n", "a PGM image"},
	{0, "P6\n", "a PPM image"},
	{0, "P7\n", "a PAM image"},
	{0, "FORM", "an IFF file"},
	{0, "%PDF-", "a PDF document"},
	{0, "%!PS-", "a PostScript document"},
	{0, "glTF", "a glTF model"},
	{8, "AVI ", "an AVI film"},
	{8, "WAVE", "a WAV sound"},
	{0, "RIFF", "a RIFF file"},
	{0, "FLV\x01", "a Flash film"},
	{0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media film"},
	{0, "\x00\x00\x01\xba", "an MPEG film"},
	{0, "\x00\x00\x01\xb3", "an MPEG film"},
	{4, "moov", "a QuickTime film"},
	{4, "mdat", "a QuickTime film"},
	{4, "wide", "a QuickTime film"},
	{4, "free", "a QuickTime film"},
	{4, "skip", "a QuickTime film"},
	{4, "pnot", "a QuickTime film"},
	{0, "OggS", "an Ogg file"},
	{0, "fLaC", "a FLAC sound"},
	{0, "ID3", "an MP3 sound"},
	{0, "\xff\xfb", "an MP3 sound"},
	{0, "\xff\xf1", "an AAC sound"},
	{0, "PK\x03\x04", "a ZIP archive"},
	{0, "\x1f\x8b", "gzip data"},
	{0, "\x28\xb5\x2f\xfd", "zstd data"},
	{0, "BZh", "bzip2 data"},
	{0, "\xfd7zXZ", "xz data"},
	{0, "7z\xbc\xaf\x27\x1c", "a 7z archive"},
	{0, "Rar!", "a RAR archive"},
	{0, "\x7fELF", "a program"},
	{0, "MZ\x90", "a program"},
}

// brands are what the first box of files says that have the structure of an
// MP4 and are something else.
var brands = map[string]string{
	"avif": "an AVIF image", "avis": "an animated AVIF image",
	"heic": "a HEIC image", "heix": "a HEIC image", "heim": "a HEIC image", "heis": "a HEIC image",
	"hevc": "an animated HEIC image", "hevx": "an animated HEIC image",
	"mif1": "a HEIF image", "mif2": "a HEIF image", "msf1": "an animated HEIF image",
	"crx ": "a Canon raw image", "jxl ": "a JPEG XL image", "jp2 ": "a JPEG 2000 image",
	"M4A ": "an MPEG-4 sound", "M4B ": "an MPEG-4 sound", "M4P ": "an MPEG-4 sound",
	"qt  ": "a QuickTime film",
}

// foreignBrand names a file of boxes that is no MP4, or returns "". A
// QuickTime film may say that it is an MP4 as well; an image may say of which
// codec it is only among the others.
func foreignBrand(head []byte) string {
	size := int(head[0])<<24 | int(head[1])<<16 | int(head[2])<<8 | int(head[3])
	major := string(head[8:12])
	var compatible []string
	for at := 16; at+4 <= min(size, len(head)); at += 4 {
		compatible = append(compatible, string(head[at:at+4]))
	}
	switch major {
	case "qt  ":
		for _, b := range compatible {
			if strings.HasPrefix(b, "iso") || strings.HasPrefix(b, "mp4") || b == "avc1" {
				return ""
			}
		}
	case "mif1", "msf1", "mif2":
		for _, b := range []string{"avif", "avis", "heic", "heix"} {
			if slices.Contains(compatible, b) {
				return brands[b]
			}
		}
	}
	return brands[major]
}

// textKind names a text by what it is written in.
func textKind(text []byte) string {
	low := strings.ToLower(string(text))
	if low[0] == '{' || low[0] == '[' {
		return json
	}
	if encodesPicture(text) {
		return "an image written as Base64"
	}
	if low[0] != '<' {
		return plain
	}
	for strings.HasPrefix(low, "<?") || strings.HasPrefix(low, "<!--") { // what stands in front of the first element
		end := "?>"
		if low[1] == '!' {
			end = "-->"
		}
		_, rest, ok := strings.Cut(low, end)
		if !ok {
			break
		}
		low = strings.TrimSpace(rest)
	}
	switch {
	case strings.HasPrefix(low, "<!doctype html"), strings.HasPrefix(low, "<html"), strings.HasPrefix(low, "<head"), strings.HasPrefix(low, "<body"):
		return html
	case strings.HasPrefix(low, "<!doctype svg"), strings.HasPrefix(low, "<svg"):
		return "an SVG image"
	}
	return xml
}

// encodesPicture tells whether a text is a picture in Base64, as some services
// deliver it.
func encodesPicture(text []byte) bool {
	if bytes.HasPrefix(text, []byte("data:image/")) {
		return true
	}
	for _, start := range []string{"iVBORw0KGgo", "/9j/", "UklGR"} {
		if bytes.HasPrefix(text, []byte(start)) {
			return true
		}
	}
	return false
}

// isText reports whether bytes look like text: valid UTF-8, but for a rune
// that is cut at the end, and no NUL.
func isText(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == 0 || r == utf8.RuneError && n == 1 && utf8.FullRune(b) {
			return false
		}
		b = b[n:]
	}
	return true
}

// firstWords quotes the beginning of a text on one line.
func firstWords(text []byte) string {
	const limit = 80
	words := []rune(strings.Join(strings.Fields(string(text)), " "))
	if len(words) > limit {
		return strconv.Quote(string(words[:limit]) + "...")
	}
	return strconv.Quote(string(words))
}

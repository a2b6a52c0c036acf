package format

import (
	"strings"
	"testing"
)

func boxed(brands ...string) string {
	return "\x00\x00\x00" + string(rune(12+4*len(brands))) + "ftyp" + brands[0] + "\x00\x00\x00\x00" + strings.Join(brands[1:], "")
}

// What services deliver and people bring is named as what it is.
func TestSniffAndDescribe(t *testing.T) {
	t.Parallel()
	tests := []struct{ head, mediaType, found string }{
		{"\x89PNG\r\n\x1a\n", "image/png", ""},
		{"\xff\xd8\xff\xe0", "image/jpeg", ""},
		{"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", ""},
		{boxed("isom", "iso2", "avc1", "mp41"), "video/mp4", ""},
		{boxed("mp42", "mp42"), "video/mp4", ""},
		{boxed("qt  ", "qt  ", "mp42"), "video/mp4", ""}, // it says that it is an MP4 as well
		{"\x1a\x45\xdf\xa3", "video/webm", ""},
		{boxed("avif", "mif1", "miaf"), "", "an AVIF image"},
		{boxed("mif1", "mif1", "avif"), "", "an AVIF image"},
		{boxed("mif1", "mif1", "heic"), "", "a HEIC image"},
		{boxed("heic", "mif1"), "", "a HEIC image"},
		{boxed("mif1", "mif1"), "", "a HEIF image"},
		{boxed("avis", "avis", "iso8"), "", "an animated AVIF image"},
		{boxed("qt  ", "qt  "), "", "a QuickTime film"},
		{"\x00\x00\x00\x08wide\x00\x00\x00\x10mdat", "", "a QuickTime film"},
		{boxed("M4A ", "isom"), "", "an MPEG-4 sound"},
		{"GIF89a\x10\x00", "", "a GIF image"},
		{"BM\x36\x00\x00\x00\x00\x00\x00\x00", "", "a BMP image"},
		{"II*\x00\x08\x00\x00\x00", "", "a TIFF image"},
		{"MM\x00*\x00\x00\x00\x08", "", "a TIFF image"},
		{"8BPS\x00\x01", "", "a Photoshop document"},
		{"\xff\x0a\xfa", "", "a JPEG XL image"},
		{"\x00\x00\x00\x0cJXL \r\n\x87\n", "", "a JPEG XL image"},
		{"RIFF\x00\x00\x00\x00AVI LIST", "", "an AVI film"},
		{"%PDF-1.7\n", "", "a PDF document"},
		{"PK\x03\x04\x14\x00", "", "a ZIP archive"},
		{"\x1f\x8b\x08\x00", "", "gzip data"},
		{strings.Repeat("\x00", 100), "", "nothing but zeros"},
		{"", "", "an empty file"},
		{"<svg xmlns='x'/>", "", "an SVG image"},
		{"\ufeff<?xml version='1.0'?>\n<!-- made -->\n<svg/>", "", "an SVG image"},
		{"<?xml version='1.0'?><Error/>", "", "XML"},
		{"<!-- x -->\n<HTML>", "", "an HTML page"},
		{"<!DOCTYPE html>", "", "an HTML page"},
		{`{"error": 1}`, "", "JSON"},
		{"iVBORw0KGgoAAAANSUhEUg", "", "an image written as Base64"},
		{"data:image/png;base64,AAAA", "", "an image written as Base64"},
		{"BMW is a car", "", "text"},
		{"ID3 and FORM are words", "", "text"},
		{"\x01\x00\x03", "", "unknown data"},
	}
	for _, test := range tests {
		if got := Sniff([]byte(test.head)); got != test.mediaType {
			t.Errorf("%q: type %q, want %q", test.head, got, test.mediaType)
		}
		if test.mediaType != "" {
			continue
		}
		if got, _ := Describe([]byte(test.head)); got != test.found {
			t.Errorf("%q: %q, want %q", test.head, got, test.found)
		}
	}
}

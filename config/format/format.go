// Package format is the one table of the media formats in which assets are
// delivered: of which kind each is, what its media type is called, and which
// extensions its files have. Configuration, lock, plan and apply read it, so
// that an extension that one of them takes is one that all take.
//
// It is a leaf. Of files it knows how they begin: what they claim to be, or what
// else they are; whether they are that, config/picture and apply/media find out.
package format

import (
	"slices"
	"strings"
)

// Format is a media format.
type Format struct {
	MediaType string
	Kinds     []string // of the assets that are delivered in it
	// Extensions are those of its files, in lower case with the dot, the one to
	// recommend first.
	Extensions []string
}

// formats are all there are, in the order in which messages name them.
var formats = []Format{
	{"image/png", []string{"image", "variant", "atlas"}, []string{".png"}},
	{"image/jpeg", []string{"image", "variant", "atlas"}, []string{".jpg", ".jpeg"}},
	{"image/webp", []string{"image", "variant", "atlas"}, []string{".webp"}},
	{"image/gif", []string{"variant"}, []string{".gif"}},
	{"image/x-icon", []string{"variant"}, []string{".ico"}},
	{"video/mp4", []string{"video"}, []string{".mp4"}},
	{"video/webm", []string{"video"}, []string{".webm"}},
}

// textual is the kind whose outputs are texts of any sort.
const textual = "export"

// Textual reports whether outputs of that kind are texts, which have any
// extension but those of media.
func Textual(kind string) bool { return kind == textual }

// Extensions returns the extensions that outputs of that kind may have;
// none for a kind of texts.
func Extensions(kind string) (list []string) {
	for _, f := range formats {
		if slices.Contains(f.Kinds, kind) {
			list = append(list, f.Extensions...)
		}
	}
	return list
}

// Delivers reports whether outputs of that kind may have that extension, which
// is written in lower case.
func Delivers(kind, ext string) bool {
	if Textual(kind) {
		return len(ext) > 1 && TypeOf(ext) == ""
	}
	return slices.ContainsFunc(formats, func(f Format) bool { return slices.Contains(f.Extensions, ext) && slices.Contains(f.Kinds, kind) })
}

// ExtensionOf returns the extension to recommend for files of that media type,
// or "" for one that is not in the table.
func ExtensionOf(mediaType string) string {
	for _, f := range formats {
		if f.MediaType == mediaType {
			return f.Extensions[0]
		}
	}
	return ""
}

// TypeOf returns the media type of files with that extension in any case, or
// "".
func TypeOf(ext string) string {
	for _, f := range formats {
		if slices.Contains(f.Extensions, strings.ToLower(ext)) {
			return f.MediaType
		}
	}
	return ""
}

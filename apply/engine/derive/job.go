package derive

import (
	"fmt"
	"image"
	"io"
	"path"
	"slices"
	"strings"

	"assetform/apply/engine/derive/export"
	"assetform/apply/media/marks"
	"assetform/config/engine"
)

// A Job is one result to make.
type Job struct {
	Method  string         // Variant, Atlas or Export
	Params  map[string]any // by Param.Key, in canonical form; what is not there is at its default
	Dir     string         // the root module's directory from the project's root, from where paths start
	Address string         // of the asset
	Output  string         // its extension is the format
	Sources []Source       // in the order of the configuration
	// Credit and Rights are written into pictures that are, or are made of,
	// generated ones. They are inputs of the result.
	Credit, Rights string
}

// A Source is one file that a result is made of.
type Source struct {
	Input string // the input's name
	Name  string // of a member of a named input: the frame's
	Path  string // for messages
	Hash  string // of the content: "sha256:" and 64 digits
	Size  int64  // bytes
	// Open opens the content. Check and Size need none.
	Open func() (Content, error)
	// Record is what is known of an asset, with the whole path. Of a file its
	// Type, Width, Height and Duration are enough, and of what is not known
	// nothing.
	Record export.Record
	Made   Origin
}

// Content is a file's.
type Content interface {
	io.ReaderAt
	io.Closer
}

// A Result is what there is to say of what was made.
type Result struct {
	Bytes         int64
	Width, Height int // pixels; of an ICO those of its largest picture
	// Frames are an atlas's as a lock has them, by name: x, y, width, height,
	// and of a trimmed sprite its offset and the size of its source.
	Frames map[string][]int
	Marks  marks.Entry
	// Lost says how a source's manifest of C2PA got lost, "" if there was none
	// or it is kept. It says the same of each picture: once a run is enough.
	Lost     string
	Warnings []string // sentences, like Lost, without an end
	// Unsigned says that a text has no head that says who generated it.
	Unsigned bool
}

// method is the job's row of the table, nil for none.
func (j *Job) method() *engine.Method { return Engine.Method(j.Method) }

// of lists the sources of an input.
func (j *Job) of(input string) []*Source {
	var list []*Source
	for i := range j.Sources {
		if j.Sources[i].Input == input {
			list = append(list, &j.Sources[i])
		}
	}
	return list
}

// ext is the output's extension.
func (j *Job) ext() string { return strings.ToLower(path.Ext(j.Output)) }

// film reports whether the source is known to be one.
func (s *Source) film() bool { return strings.HasPrefix(s.Record.Type, "video/") }

// read reports whether the source is known to be a picture of a format that is
// decoded.
func (s *Source) read() bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/webp"}, s.Record.Type)
}

func (s *Source) errType() error {
	return fmt.Errorf("its type is %s, expected a PNG, JPEG or WebP image", s.Record.Type)
}

// size is in pixels, and zero where it is not known.
func (s *Source) size() image.Point { return image.Pt(s.Record.Width, s.Record.Height) }

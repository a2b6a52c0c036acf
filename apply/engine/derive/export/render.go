package export

import (
	"fmt"
	"slices"
	"strings"

	"assetform/config/diag"
)

// Settings are what an export says beside its records.
type Settings struct {
	Root      Root   // from where all paths start
	Output    string // the export's path, from where CSS and TexturePacker's JSON name pictures; empty: the root
	Base      string // the directory that is cut off the front of paths; empty: none
	Package   string // of Go; empty: assets
	Namespace string // of C#; empty: Assets
}

// A document is what the writers work on.
type document struct {
	Settings
	records []Record // by address, base cut off
	root    *group
}

// formats are the writers by the name that configuration has for them.
var formats = []struct {
	name   string
	render func(*document) ([]byte, error)
}{
	{"json", (*document).json},
	{"typescript", (*document).typescript},
	{"csharp", (*document).csharp},
	{"go", (*document).golang},
	{"gdscript", (*document).gdscript},
	{"css", (*document).css},
	{"texturepacker-hash", (*document).texturePackerHash},
	{"texturepacker-array", (*document).texturePackerArray},
}

// Formats are the names of the formats, in the order of the documentation.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Render writes the records in a format. The result is UTF-8 with LF, ends in a
// line end and begins so that IsGenerated recognises it. An error says which
// record, or which two, the format has no way to write.
func Render(format string, records []Record, s Settings) ([]byte, error) {
	for _, f := range formats {
		if f.name != format {
			continue
		}
		d, err := prepare(records, s)
		if err != nil {
			return nil, err
		}
		return f.render(d)
	}
	return nil, fmt.Errorf("%q is no format of an export: expected %s", format, diag.Quoted(Formats(), "or"))
}

// Check tells without any content whether the records can be written: what is
// known before files are there, and their sizes and frames with them, is wrong
// by then. Frames are checked as far as there are any.
func Check(format string, records []Record, s Settings) error {
	if strings.HasPrefix(format, "texturepacker-") && slices.Contains(Formats(), format) {
		d, err := prepare(records, s)
		if err == nil {
			_, err = d.atlas(format)
		}
		return err
	}
	_, err := Render(format, records, s)
	return err
}

func prepare(records []Record, s Settings) (*document, error) {
	sorted, err := Sorted(records, s.Root, s.Base)
	if err != nil {
		return nil, err
	}
	root, err := nest(sorted)
	if err != nil {
		return nil, err
	}
	return &document{Settings: s, records: sorted, root: root}, nil
}

// Sorted returns the records by address, checked, with base cut off their paths.
func Sorted(records []Record, root Root, base string) ([]Record, error) {
	for i := range records {
		if err := records[i].check(); err != nil {
			return nil, err
		}
	}
	out, err := withoutBase(records, root, base)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b Record) int { return strings.Compare(a.Address, b.Address) })
	for i := range out[:max(len(out)-1, 0)] {
		if out[i].Address == out[i+1].Address {
			return nil, fmt.Errorf("%s is exported twice", out[i].Address)
		}
	}
	return out, nil
}

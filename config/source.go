package config

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"assetform/config/diag"
	"assetform/config/pathname"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/json"
)

const (
	nativeSuffix = ".asset.hcl"
	jsonSuffix   = ".asset.json"
)

// sourceNames lists the configuration files of a directory, sorted. Hidden
// files and the backups of editors are none.
func (e *evaluator) sourceNames(dir string) ([]string, error) {
	all, err := e.files.Names(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range all {
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") {
			continue
		}
		if strings.HasSuffix(name, nativeSuffix) || strings.HasSuffix(name, jsonSuffix) {
			names = append(names, name)
		}
	}
	return names, nil
}

// parseSource reads and parses one configuration file. The file is nil when
// it could not be read; the diagnostics then say why.
func (e *evaluator) parseSource(dir, name string) (*hcl.File, hcl.Diagnostics) {
	shown := pathname.Relative(e.rootDir, path.Join(dir, name))
	start := hcl.Range{Filename: shown, Start: hcl.InitialPos, End: hcl.InitialPos}
	src, err := e.files.Read(dir, "./"+name, worktree.Openly)
	switch {
	case errors.Is(err, worktree.ErrTooLarge):
		return nil, hcl.Diagnostics{diag.Problem(start, "Configuration file too large",
			"%q is larger than %d MiB. Split it into several files, or keep data in a CSV or JSON file.", shown, worktree.MaxFileBytes>>20)}
	case err != nil:
		return nil, hcl.Diagnostics{diag.Problem(start, "Configuration file not readable", "Cannot %s.", err)}
	}
	return e.parse(shown, src, strings.HasSuffix(name, ".json"))
}

// parse parses source in native or JSON syntax and remembers it under its
// name for snippets. It is the one way into HCL's parsers, which must not
// see what is nested too deeply.
func (e *evaluator) parse(shown string, src []byte, isJSON bool) (*hcl.File, hcl.Diagnostics) {
	e.at(hcl.Range{Filename: shown, Start: hcl.InitialPos, End: hcl.InitialPos})
	e.remember(shown, &hcl.File{Bytes: src})
	if diags := checkEncoding(shown, src); diags != nil {
		return nil, diags
	}
	var file *hcl.File
	var diags hcl.Diagnostics
	if isJSON {
		if diags := checkJSONNesting(shown, src); diags != nil {
			return nil, diags
		}
		file, diags = json.Parse(src, shown)
		clampRanges(diags, src)
	} else {
		file, diags = parseNative(shown, src)
	}
	if file != nil {
		e.remember(shown, file)
	}
	return file, diags
}

func (e *evaluator) remember(shown string, file *hcl.File) {
	e.shared.Lock()
	defer e.shared.Unlock()
	e.project.Files[shown] = file
}

// clampRanges cuts ranges that reach behind the end of the source, as HCL's
// JSON parser gives them for strings that do not end.
func clampRanges(diags hcl.Diagnostics, src []byte) {
	for _, d := range diags {
		for _, r := range []*hcl.Range{d.Subject, d.Context} {
			if r != nil {
				r.Start.Byte = min(r.Start.Byte, len(src))
				r.End.Byte = min(r.End.Byte, len(src))
			}
		}
	}
}

// checkEncoding reports source that is not plain UTF-8.
func checkEncoding(shown string, src []byte) hcl.Diagnostics {
	start := hcl.Range{Filename: shown, Start: hcl.InitialPos, End: hcl.InitialPos}
	for _, mark := range []struct{ bytes, name string }{
		{"\xef\xbb\xbf", "UTF-8"}, {"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"},
	} {
		if bytes.HasPrefix(src, []byte(mark.bytes)) {
			return hcl.Diagnostics{diag.Problem(start, "Unicode byte order mark",
				"The file begins with a %s byte order mark. Save it as UTF-8 without one.", mark.name)}
		}
	}
	if utf8.Valid(src) {
		return nil
	}
	at := invalidByte(src)
	line := 1 + bytes.Count(src[:at], []byte("\n"))
	lineStart := bytes.LastIndexByte(src[:at], '\n') + 1
	return hcl.Diagnostics{diag.Problem(byteRange(shown, line, lineStart, at, at+1), "Invalid UTF-8 in file",
		"The byte %s is no UTF-8 text. Save the file as UTF-8.", fmt.Sprintf("0x%02x", src[at]))}
}

func invalidByte(src []byte) int {
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return 0
}

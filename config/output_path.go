package config

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"assetform/config/method"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// extensions are the file types in which assets can be delivered.
var extensions = map[method.Kind][]string{
	method.Image: {".png", ".jpg", ".jpeg", ".webp"},
	method.Video: {".mp4", ".webm"},
}

// lockName is the lock's file name, which is in the way of no output.
const lockName = "assetform.lock.json"

// evaluateOutput evaluates the path of the file that an asset writes.
func (e *evaluator) evaluateOutput(x *prepared, inst *instance, spec *Spec) bool {
	s, set := e.own(x, "output", inst)
	if !set {
		if b, declared := x.attrs["output"]; declared {
			e.reportAt(b, inst, "Missing output of asset", "The output of %s is null. Give the path of the file to write.", spec.Address)
		}
		return false // otherwise reported with the block's other attributes
	}
	spec.OutputRange = s.at()
	switch {
	case !s.value.IsKnown():
		return false
	case isSensitive(s.value):
		return e.refuseSensitive(s, spec)
	}
	v, err := convert.Convert(s.value, cty.String)
	if err != nil {
		e.reportSetting(s, "Invalid value of output", "Found %s, but the output of %s must be the path of a file.",
			s.value.Type().FriendlyName(), spec.Address)
		return false
	}
	full, err := outputPath(x.block.scope.mod.dir, v.AsString(), spec.Address.Kind)
	if err != nil {
		e.reportSetting(s, "Invalid path of output", "The output %q of %s cannot be used: %s.", v.AsString(), spec.Address, err)
		return false
	}
	spec.Output = relativePath(e.rootDir, full)
	return true
}

// outputPath checks the path of an output, written in a file of directory
// dir, and returns it relative to the project root. What one system cannot
// store is refused on every system, because a project is checked out on all.
func outputPath(dir, p string, kind method.Kind) (string, error) {
	if i := strings.IndexFunc(p, unicode.IsControl); i >= 0 {
		return "", fmt.Errorf("it has the control character %q", p[i])
	}
	for _, r := range p {
		if unicode.Is(unicode.Bidi_Control, r) {
			return "", fmt.Errorf("it has the character %U, which makes a name read as another", r)
		}
	}
	if i := strings.IndexAny(p, `\:*?"<>|`); i >= 0 {
		if p[i] == '\\' {
			return "", fmt.Errorf(`it has a backslash; separate directories with "/"`)
		}
		return "", fmt.Errorf("it has the character %q, which no file of Windows may have", p[i])
	}
	for part := range strings.SplitSeq(p, "/") {
		if part == "." || part == ".." {
			continue
		}
		if strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") {
			return "", fmt.Errorf("%q ends in a dot or blank, which Windows drops", part)
		}
		if isDeviceName(part) {
			return "", fmt.Errorf("%q is the name of a device of Windows", part)
		}
		if foldPath(part) == lockName {
			return "", fmt.Errorf("a directory %q would stand where the lock has to", part)
		}
	}
	full, err := resolvePath(dir, p)
	if err != nil {
		return "", err
	}
	if ext := path.Ext(full); strings.HasSuffix(p, "/") || !slices.Contains(extensions[kind], ext) {
		return "", fmt.Errorf("%s outputs end in %s", kind, choice(extensions[kind]))
	}
	return full, nil
}

// isDeviceName reports whether Windows takes a component of a path for a
// device, as it does with any extension and in any case.
func isDeviceName(part string) bool {
	base, _, _ := strings.Cut(part, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	rest, ok := strings.CutPrefix(base, "COM")
	if !ok {
		rest, ok = strings.CutPrefix(base, "LPT")
	}
	return ok && slices.Contains([]string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"}, rest)
}

// foldPath is the form in which paths are compared: two of them that are
// equal here are one file on some system.
func foldPath(p string) string {
	for i := range len(p) {
		if p[i] >= 0x80 {
			return cases.Fold().String(norm.NFC.String(p))
		}
	}
	return strings.ToLower(p)
}

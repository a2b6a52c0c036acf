package config

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/pathname"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// noImage reports an input whose path is that of no image, and what was meant
// by it.
func (l *linker) noImage(link link, ref inputRef, file string, err *imageError) {
	meant := contentHint(ref.path)
	if meant != "" {
		ref.setting.report(l.reports, "Content in place of a path", "The %s of %s: %s", ref.input.Name, link.spec.Address, meant)
		return
	}
	if err.summary == notFound && !err.near {
		meant = cmp.Or(l.quotedReference(ref), l.wordsHint(link, ref))
	}
	subject := fmt.Sprintf("The %s of %s", ref.input.Name, link.spec.Address)
	if meant != "" {
		ref.setting.report(l.reports, err.summary, "%s is the path %q, and there is no such file. %s", subject, ref.path, meant)
		return
	}
	place := ""
	if file != ref.path {
		place = fmt.Sprintf(", relative to the project root %q", file)
	}
	ref.setting.report(l.reports, err.summary, "%s is %q%s: %s", subject, ref.path, place, err.detail)
}

// pictureHeads begin PNG, JPEG, WebP and GIF in Base64.
var pictureHeads = []string{"iVBORw0KGgo", "/9j/", "UklGR", "R0lGOD"}

// longestPath is how long a path may be; what is longer is no path.
const longestPath = 4096

// contentHint says that a text is the content of a file and not its path.
func contentHint(text string) string {
	encoded := len(text) > 100 && slices.ContainsFunc(pictureHeads, func(head string) bool { return strings.HasPrefix(text, head) })
	if encoded || len(text) > longestPath || strings.HasPrefix(strings.ToLower(text), "data:image/") {
		return `this is the content of a file. Write its path instead, as it is: "PATH.png", without file(...), filebase64(...) or data:.`
	}
	return ""
}

// elsewhere says how a picture comes into the project.
func elsewhere(p string) string {
	if path.IsAbs(p) || pathname.HasDrive(p) || strings.HasPrefix(path.Clean(p), "..") {
		return " A file that is not in the project has to be put there first."
	}
	return ""
}

// quotedReference says how to write a reference that stands in quotes.
func (l *linker) quotedReference(ref inputRef) string {
	trav, diags := hclsyntax.ParseTraversalAbs([]byte(ref.path), "", hcl.InitialPos)
	if diags.HasErrors() || len(trav) < 2 || !slices.Contains(append(l.lang.kindNames(), "module", "var", "local", "each"), trav.RootName()) {
		return ""
	}
	if _, native := ref.setting.bound.Expression().(hclsyntax.Node); !native {
		return fmt.Sprintf(`To refer to %s, write "${%[1]s}".`, ref.path)
	}
	return fmt.Sprintf("To refer to %s, write it without quotes.", ref.path)
}

// wordsHint says of words that a picture is wanted.
func (l *linker) wordsHint(link link, ref inputRef) string {
	switch {
	case strings.HasPrefix(ref.path, "~/"):
		return "Nothing stands for a home directory here: put the file into the project and write its path in it."
	case path.Ext(ref.path) != "" && !strings.Contains(path.Ext(ref.path), " "), strings.Contains(ref.path, "/"):
		return ""
	}
	words := " What is said in words belongs in the prompt."
	if l.lang.deriving[link.spec.Address.Kind] != nil {
		words = ""
	}
	return fmt.Sprintf("%s takes %s: the path of a file, such as \"%[1]s.png\", or %[3]s.NAME.%[4]s",
		ref.input.Name, map[bool]string{false: "a picture", true: "pictures"}[ref.input.List], address.Image, words)
}

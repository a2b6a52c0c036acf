package render

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"assetform/config"
	"assetform/config/pathname"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty/convert"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// Files gives the text of a file that evaluation read, by its key in
// Project.Reads: as it stands, nil if that is not known, and as it stood when
// the lock was written. Dated tells whether the latter is known; a file that
// there was not is nil then.
type Files func(name string) (now, before []byte, dated bool)

// Past gives the configuration as it was when the lock was written, evaluated;
// nil where it is not known. It is asked for only if a definition's words
// differ, and may be asked often.
type Past func() *config.Project

// edit is whether a definition was edited since the lock was written.
type edit int

const (
	unknown edit = iota
	edited
	untouched
)

// edited compares a definition with its file of then. What stood there in the
// same words was not edited, wherever it stood. Where is the place of the edit.
func (s *sources) edited(d *definition) (state edit, where string) {
	if d.rng.Filename == "" { // a file as a whole
		now, before, dated := s.file(d.name)
		switch {
		case !dated:
			return unknown, ""
		case bytes.Equal(now, before):
			return untouched, ""
		}
		return edited, ""
	}
	for _, rng := range d.written() {
		now, before, dated := s.file(relative(s.project, rng.Filename))
		switch {
		case !dated:
			return unknown, ""
		case !bytes.Equal(now, before) && !bytes.Contains(before, lines([]byte(s.text(rng)))) && !s.sameTokens(rng):
			if s.sameValue(d) {
				break // in other words
			}
			return edited, place(s.project, rng)
		}
	}
	if d.variable != "" {
		return s.editedValue(d)
	}
	return untouched, ""
}

// sameValue tells whether a local or variable had its value when the lock was
// written.
func (s *sources) sameValue(d *definition) bool {
	if d.owner == "" || s.past == nil {
		return false
	}
	past := s.past()
	if past == nil {
		return false
	}
	return config.SameNamed(s.project, past, path.Join(s.below, d.owner), d.name)
}

// sameTokens tells whether the file of then has what stands at a place, but for
// blanks, line ends and comments between its words.
func (s *sources) sameTokens(rng hcl.Range) bool {
	name := relative(s.project, rng.Filename)
	t := s.texts[name]
	if t.tokens == nil {
		t.tokens = tokens(t.before)
		s.texts[name] = t
	}
	return bytes.Contains(t.tokens, tokens([]byte(s.text(rng))))
}

// tokens is a source without what means nothing in it, one token a line; not
// nil.
func tokens(src []byte) []byte {
	out := []byte{'\n'}
	list, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos) // what is no HCL was reported before
	for _, t := range list {
		if t.Type != hclsyntax.TokenNewline && t.Type != hclsyntax.TokenComment && t.Type != hclsyntax.TokenEOF {
			out = append(append(out, t.Bytes...), '\n')
		}
	}
	return out
}

// atDefault tells whether a variable of the root module has the value that its
// block gives it.
func (s *sources) atDefault(d *definition) bool {
	file := s.project.Files[d.rng.Filename]
	i := slices.IndexFunc(s.project.Variables, func(v config.VariableValue) bool { return v.Name == d.variable && !v.Missing })
	if file == nil || i < 0 {
		return false
	}
	content, _, _ := file.Body.PartialContent(sourceSchema(s.project))
	for _, block := range content.Blocks {
		if block.DefRange != d.rng {
			continue
		}
		inside, _, _ := block.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "default"}}})
		if attr := inside.Attributes["default"]; attr != nil {
			value, diags := attr.Expr.Value(nil)
			if diags.HasErrors() {
				return false
			}
			is := s.project.Variables[i].Value
			value, err := convert.Convert(value, is.Type())
			return err == nil && value.RawEquals(is)
		}
	}
	return false
}

// editedValue looks for a variable's value in the files that give values. One
// that is given elsewhere leaves no trace.
func (s *sources) editedValue(d *definition) (state edit, where string) {
	for _, name := range slices.Sorted(maps.Keys(s.project.Reads)) {
		if !isVarFile(name) {
			continue
		}
		now, before, dated := s.files(name)
		if !dated || bytes.Equal(lines(now), lines(before)) {
			continue
		}
		text := assigned(now, d.variable)
		switch shown := pathname.Relative(s.below, name); {
		case text == nil && assigned(before, d.variable) == nil, text != nil && bytes.Contains(lines(before), lines(text)):
		case s.sameValue(d):
			return untouched, ""
		case text == nil:
			return edited, shown
		default:
			return edited, fmt.Sprintf("%s:%d", shown, 1+bytes.Count(now[:bytes.Index(now, text)], []byte("\n")))
		}
	}
	return untouched, ""
}

func isVarFile(name string) bool {
	return !strings.HasSuffix(name, ".asset.hcl") && !strings.HasSuffix(name, ".asset.json") && (strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".json"))
}

// assigned is the text that gives a variable its value in a variables file, or
// nil.
func assigned(src []byte, name string) []byte {
	if file, diags := hclsyntax.ParseConfig(src, "", hcl.InitialPos); !diags.HasErrors() {
		if attrs, _ := file.Body.JustAttributes(); attrs[name] != nil {
			return attrs[name].Range.SliceBytes(src)
		}
		return nil
	}
	return regexp.MustCompile(`(?m)^.*"` + regexp.QuoteMeta(name) + `"\s*:.*$`).Find(src)
}

// file is a file by its name relative to the root module's directory.
func (s *sources) file(name string) (now, before []byte, dated bool) {
	if s.files == nil {
		return nil, nil, false
	}
	t, known := s.texts[name]
	if !known {
		t.now, t.before, t.dated = s.files(path.Join(s.below, name))
		t.now, t.before = lines(t.now), lines(t.before)
		s.texts[name] = t
	}
	return t.now, t.before, t.dated
}

// texts are what a file holds and held; see Files.
type texts struct {
	now, before []byte
	dated       bool
	tokens      []byte // of before; nil until asked for
}

// lines is a text with line ends of one form, which a checkout may change.
func lines(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) }

// below is the root module's directory relative to the project root.
func below(p *config.Project) string {
	rel, err := filepath.Rel(p.Root, p.Dir)
	if err != nil {
		return "."
	}
	return filepath.ToSlash(rel)
}

// content are the words of everything that a definition's value may be written
// in, in small letters.
func (s *sources) content(d *definition) map[string]bool {
	if d.words != nil {
		return d.words
	}
	text := ""
	if d.rng.Filename == "" {
		now, _, _ := s.file(d.name)
		text = string(now)
	} else {
		for _, rng := range d.written() {
			text += s.text(rng) + "\n"
		}
	}
	for _, v := range s.project.Variables {
		if v.Name == d.variable && !v.Sensitive && !v.Missing {
			if b, err := ctyjson.Marshal(v.Value, v.Value.Type()); err == nil {
				text += string(b)
			}
		}
	}
	d.words = map[string]bool{}
	for _, word := range words(strings.ToLower(text)) {
		d.words[word] = true
	}
	return d.words
}

// evidence tells how much of what is new in an input stands in the source of
// the definition: 2 all of it, 1 some, 0 none.
func (s *sources) evidence(d *definition, p *pair) int {
	if p.fresh == nil {
		p.fresh = freshWords(p)
	}
	content, found := s.content(d), 0
	for _, word := range p.fresh {
		if content[word] {
			found++
		}
	}
	switch found {
	case 0:
		return 0
	case len(p.fresh):
		return 2
	}
	return 1
}

// freshWords are the words of an input that the recorded one does not have, in
// small letters; not nil.
func freshWords(p *pair) []string {
	const telling = 3 // letters of a word that does not stand everywhere
	fresh := []string{}
	for _, in := range p.change.Spec.Inputs {
		if in.Name == p.input {
			fresh = append(fresh, letterWords(path.Base(in.Path))...)
		}
	}
	param, ok := p.change.Spec.Param(p.input)
	if !ok || param.Sensitive {
		return fresh
	}
	is, isText := param.Value.(string)
	if !isText {
		return append(fresh, letterWords(valueText(param.Value, true))...)
	}
	was, _ := p.change.Prior.Inputs[p.input].AsText()
	for _, seg := range wordDiff(was, is) {
		if seg.op != added {
			continue
		}
		for _, word := range letterWords(seg.text) {
			if utf8.RuneCountInString(word) >= telling && !slices.Contains(fresh, word) {
				fresh = append(fresh, word)
			}
		}
	}
	return fresh
}

// letterWords are the words of a text without what stands between them, in
// small letters.
func letterWords(text string) []string {
	return slices.DeleteFunc(words(strings.ToLower(text)), func(w string) bool { return wordClass(w) != letters })
}

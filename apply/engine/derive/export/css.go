package export

import (
	"fmt"
	"path"
	"strings"
	"unicode"
)

// css writes a custom property for each asset and a class for each frame.
func (d *document) css() ([]byte, error) {
	var b strings.Builder
	b.WriteString("/* " + Head + " */\n\n:root {\n")
	taken := map[string]string{}
	for i := range d.records {
		r := &d.records[i]
		name := "--" + cssName(r.steps()...)
		if other, ok := taken[name]; ok {
			return nil, sameName("CSS", name, other, r.Address)
		}
		taken[name] = r.Address
		fmt.Fprintf(&b, "  %s: %s;\n", name, d.cssURL(r.Path))
	}
	b.WriteString("}\n")
	for i := range d.records {
		if err := d.cssFrames(&b, &d.records[i], taken); err != nil {
			return nil, err
		}
	}
	return []byte(b.String()), nil
}

func (d *document) cssFrames(b *strings.Builder, r *Record, taken map[string]string) error {
	steps := r.steps()
	kind := 0
	for _, m := range r.Modules {
		kind += 2
		if m.Keyed {
			kind++
		}
	}
	steps = append(steps[:kind:kind], steps[kind+1:]...)
	for _, frame := range r.frameNames() {
		name := "." + cssName(append(steps[:len(steps):len(steps)], frame)...)
		owner := fmt.Sprintf("frame %q of %s", frame, r.Address)
		if other, ok := taken[name]; ok {
			return sameName("CSS", name, other, owner)
		}
		taken[name] = owner
		cssFrame(b, name, d.cssURL(r.Path), r.Frames[frame])
	}
	return nil
}

// cssFrame gives an element the frame as its background. A trimmed one keeps
// the size of its source: what was cut off is padding without background.
func cssFrame(b *strings.Builder, name, url string, f Frame) {
	fmt.Fprintf(b, "\n%s {\n  display: inline-block;\n  width: %dpx;\n  height: %dpx;\n", name, f.SourceW, f.SourceH)
	box := ""
	if f.Trimmed {
		right, bottom := max(f.SourceW-f.OffsetX-f.W, 0), max(f.SourceH-f.OffsetY-f.H, 0)
		fmt.Fprintf(b, "  box-sizing: border-box;\n  padding: %s %s %s %s;\n", px(f.OffsetY), px(right), px(bottom), px(f.OffsetX))
		box = " content-box"
	}
	fmt.Fprintf(b, "  background: %s %s %s no-repeat%s;\n}\n", url, px(-f.X), px(-f.Y), box)
}

func px(n int) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%dpx", n)
}

// cssName joins names to one that CSS takes without escapes: letters, digits,
// "-" and "_".
func cssName(steps ...string) string {
	parts := make([]string, len(steps))
	for i, step := range steps {
		parts[i] = cssStep(step)
	}
	name := strings.Join(parts, "-")
	if first := []rune(name)[0]; unicode.IsDigit(first) || first == '-' {
		return "_" + name
	}
	return name
}

// cssStep writes what is not ASCII, or all of a name that has nothing else,
// with its number, as words does.
func cssStep(step string) string {
	least := rune(0x80)
	kept := func(r rune) bool { return allowed(r) || r == '-' || r == '_' }
	if !strings.ContainsFunc(step, kept) {
		least = 0
	}
	var b strings.Builder
	for _, r := range step {
		switch {
		case kept(r):
			b.WriteRune(r)
		case r >= least:
			fmt.Fprintf(&b, "u%04x", r)
		default:
			b.WriteByte('_')
		}
	}
	if b.Len() == 0 {
		return "_"
	}
	return b.String()
}

// cssURL names a file from the stylesheet. One that is outside of base is put
// together by a program that serves base at the top, as bundlers do.
func (d *document) cssURL(p string) string {
	to := "/" + p
	switch sheet, err := d.Root.CutBase(d.Output, d.Base); {
	case err != nil:
	case sheet == d.Output: // there is no base, and paths start at the root module
		to = relative(path.Dir(d.Root.of(sheet)), d.Root.of(p))
	default:
		to = relative(path.Dir("/"+sheet), "/"+p)
	}
	return `url("` + escapeURL(to) + `")`
}

// escapeURL writes a path as that of a URL. What is left has no meaning in a
// string of CSS either.
func escapeURL(p string) string {
	const plain = "-._~/!$&+,;=@" // beside letters and digits
	var b strings.Builder
	for i := range len(p) {
		c := p[i]
		if c < 0x80 && allowed(rune(c)) || strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

package render

import (
	"fmt"
	"strings"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan"
	"assetform/plan/render/cells"
)

// Text shows a plan on a terminal: what the branch did before, what causes it, a line for each change with
// the changed inputs below it, and at the end, where the eye is, how many of
// each there are, what they cost, and what to do next. The document's
// diagnostics are counted only; the caller prints them with their sources.
func Text(doc plan.Document, o Options) string {
	t := &textPage{page: page{width: o.width(), color: o.Color}, doc: &doc, o: o, why: newReasons(&doc)}
	t.base()
	t.causes()
	t.changes()
	t.conclusion()
	return t.b.String()
}

// Agreed is the Text of a plan in which all assets are as they should be: so
// many, at providers with these origins.
func Agreed(assets int, engines engine.Registry, origins map[string]string, o Options) string {
	t := &textPage{page: page{width: o.width(), color: o.Color}, doc: &plan.Document{Engines: engines, Origins: origins}, o: o}
	t.origins()
	t.agreed(assets)
	return t.b.String()
}

// page collects printed lines.
type page struct {
	b     strings.Builder
	width int
	color bool
}

// line prints text, broken where it has to be. Lines after the first begin
// with hang more blanks than the first one.
func (p *page) line(indent, hang int, t cells.Text) {
	for _, l := range t.Wrap(p.width, indent, indent+hang) {
		p.b.WriteString(l.Render(p.color))
		p.b.WriteByte('\n')
	}
}

func (p *page) blank() {
	if p.b.Len() > 0 {
		p.b.WriteByte('\n')
	}
}

type textPage struct {
	page
	doc *plan.Document
	o   Options
	why reasons
}

// Indentation of a change and of what stands below it.
const (
	changeIndent = 2
	fieldIndent  = 6
)

func (t *textPage) causes() {
	if len(t.o.Causes) == 0 {
		return
	}
	t.blank()
	t.line(0, 0, cells.Of("Edits that change several assets:"))
	const most = 12
	for i, c := range t.o.Causes {
		if i == most && !t.o.Verbose {
			t.line(changeIndent, 2, cells.Of(fmt.Sprintf("and %s more", diag.Number(len(t.o.Causes)-most))))
			break
		}
		line := cells.Text{{Style: cells.Bold, Text: cells.Clean(c.Name)}}
		if c.Place != "" {
			line = line.Add(cells.Plain, " at "+cells.Clean(c.Place))
		}
		t.line(changeIndent, 2, line.Add(cells.Plain, " "+c.effect()))
	}
}

func (t *textPage) changes() {
	listed := 0
	groups := t.groupRepeats()
	for i := range t.doc.Changes {
		c := &t.doc.Changes[i]
		if c.Action == plan.NoOp && !c.Drifted && !t.o.Verbose {
			continue
		}
		if g := groups[c]; g.folded() {
			if g.written++; g.written > shownRepeats {
				continue
			}
		}
		if listed++; listed == 1 {
			t.blank()
			t.line(0, 0, t.legend())
		}
		t.change(c)
		if g := groups[c]; g.folded() && g.written == shownRepeats {
			t.repeats(g)
		}
	}
}

// making is what an action does with the assets that it makes.
func (t *textPage) making(action plan.Action) string {
	generated, derived := false, false
	for i := range t.doc.Changes {
		if c := &t.doc.Changes[i]; c.Action == action {
			generated, derived = generated || !c.Kind.Derived(), derived || c.Kind.Derived()
		}
	}
	switch {
	case generated && derived:
		return "generate or derive"
	case derived:
		return "derive"
	}
	return "generate"
}

// restoring is what is done where nothing is generated: results come back, or
// candidates that are not asked for any more go from the lock.
func (t *textPage) restoring() string {
	back, drop := false, false
	for i := range t.doc.Changes {
		if c := &t.doc.Changes[i]; c.Action == plan.Restore {
			only := onlyDrops(c)
			back, drop = back || !only, drop || only
		}
	}
	switch {
	case !drop:
		return "bring back a stored result"
	case !back:
		return "let candidates go"
	}
	return "bring back a stored result, or let candidates go"
}

// legend explains the signs that this plan has.
func (t *textPage) legend() cells.Text {
	meaning := map[plan.Action]string{
		plan.Create: t.making(plan.Create), plan.Update: t.making(plan.Update) + " again", plan.Restore: t.restoring(),
		plan.Move: "move", plan.Import: "take the file as it is", plan.Delete: "delete", plan.Forget: "forget, keep the file",
	}
	const noBreak = "\u00a0" // keeps sign and meaning on one line
	line := cells.Of("Changes:")
	sep := " "
	for _, a := range plan.Actions {
		if t.doc.Summary.Count(a) == 0 || a == plan.NoOp {
			continue
		}
		line = line.Add(cells.Plain, sep).Add(actionStyle(a), a.Sign()).Add(cells.Plain, noBreak+strings.ReplaceAll(meaning[a], " ", noBreak))
		sep = ", "
	}
	if len(line) == 1 {
		return cells.Of("Assets:")
	}
	return line
}

// actionStyle colours by danger: what replaces a paid result by another one
// stands out, what is free and can be undone does not.
func actionStyle(a plan.Action) cells.Style {
	switch a {
	case plan.Update:
		return cells.Alarm
	case plan.Create:
		return cells.Green
	case plan.Restore, plan.Move, plan.Import:
		return cells.Cyan
	}
	return cells.Grey
}

func (t *textPage) change(c *plan.ChangeDocument) {
	style, sign := actionStyle(c.Action), c.Action.Sign()
	if c.Conditional {
		style = cells.Yellow
	}
	if c.Drifted && c.Action == plan.NoOp {
		style, sign = cells.Yellow, "!"
	}
	line := cells.Text{{Style: style, Text: sign}, {Text: " "}, {Style: cells.Bold, Text: cells.Clean(c.Address)}}
	sep := ": "
	if note := t.note(c); note != "" {
		line = line.Add(cells.Plain, sep+cells.Clean(note))
		sep = ", "
	}
	if c.Drifted {
		line = line.Add(cells.Plain, sep).Add(cells.Yellow, cells.Clean(driftText(c)))
		sep = ", "
	}
	if c.Adopted {
		line = line.Add(cells.Plain, sep).Add(cells.Yellow, "made by hand")
	}
	t.line(changeIndent, 4, line)
	t.paths(c)
	for _, f := range fields(t.doc.Engines, c, t.o.Verbose) {
		t.field(f)
	}
}

// note is why something happens and what it costs.
func (t *textPage) note(c *plan.ChangeDocument) string {
	note := t.why.text(c)
	if c.Action == plan.NoOp {
		note = ""
		if !c.Drifted {
			note = "no change"
		}
	}
	if cost := changeCost(c); cost != "" {
		note += ", " + cost
	}
	return strings.TrimPrefix(note, ", ")
}

// paths shows where an asset stands and where it stood.
func (t *textPage) paths(c *plan.ChangeDocument) {
	if c.PreviousAddress != "" {
		t.line(fieldIndent, 2, cells.Text{{Style: cells.Grey, Text: "was:"}, {Text: " " + cells.Clean(c.PreviousAddress)}})
	}
	line := cells.Text{{Style: cells.Grey, Text: "output:"}, {Text: " "}}
	if c.PreviousOutput != "" {
		line = line.Add(cells.Red, cells.Clean(c.PreviousOutput)).Add(cells.Plain, " -> ")
	} else if c.Action == plan.Update && !t.o.Verbose && !c.Drifted {
		return // the usual case: people know where it stands
	}
	t.line(fieldIndent, 2, line.Add(cells.Plain, cells.Clean(c.Output)))
}

func (t *textPage) field(f field) {
	const around = 40 // bytes of a prompt that stay before and after a change
	line := cells.Text{{Style: cells.Grey, Text: cells.Clean(f.name) + ":"}, {Text: " "}}
	switch {
	case f.diff != nil:
		segs := f.diff
		if !t.o.Verbose {
			segs = shorten(segs, around)
		}
		line = append(line.Add(cells.Plain, `"`), diffText(segs)...).Add(cells.Plain, `"`)
	case !f.changed:
		line = line.Add(cells.Plain, t.short(f.after))
	case f.before == "" && strings.HasPrefix(f.after, diag.Sensitive):
		line = line.Add(cells.Plain, f.after)
	default:
		line = line.Add(cells.Red, orNone(t.short(f.before))).Add(cells.Plain, " -> ").Add(cells.Green, orNone(t.short(f.after)))
	}
	t.line(fieldIndent, 2, line)
}

// short is a value of at most a few lines.
func (t *textPage) short(s string) string {
	const head, tail = maxValue - 30, 30
	if t.o.Verbose {
		return cells.Clean(s)
	}
	var b strings.Builder
	for _, seg := range middleOut(segment{kept, s}, head, tail) {
		if seg.op != left {
			seg.text = cells.Clean(seg.text)
		}
		b.WriteString(seg.text)
	}
	return b.String()
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// diffText marks what changed with brackets as git does, so that it can be
// read without colour and be copied.
func diffText(segs []segment) cells.Text {
	var out cells.Text
	for _, s := range segs {
		switch s.op {
		case removed:
			out = out.Add(cells.Red, "[-"+cells.Clean(s.text)+"-]")
		case added:
			out = out.Add(cells.Green, "{+"+cells.Clean(s.text)+"+}")
		case left:
			out = out.Add(cells.Grey, s.text)
		default:
			out = out.Add(cells.Plain, cells.Clean(s.text))
		}
	}
	return out
}

package report

import (
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"assetform/config/address"
	"assetform/config/engine"
	"assetform/config/format"
	"assetform/lockfile"
	"assetform/plan"
)

// facts are the rows of an asset's table: everything that the lock knows but
// the prompt, which is shown as a difference.
func (p *pages) facts(c *Change) []factView {
	var rows []factView
	addValues := func(name string, of func(*Version, sources) []valueView) {
		row := factView{Name: name}
		if c.Before != nil {
			row.Before = of(c.Before, p.was)
		}
		if c.After != nil {
			row.After = of(c.After, p.is)
		}
		if row.Before == nil && row.After == nil {
			return
		}
		row.Changed = c.Before != nil && c.After != nil && !slices.EqualFunc(row.Before, row.After, func(a, b valueView) bool { return a.Text == b.Text && a.Label == b.Label })
		row.Before, row.After = bounded(row.Before), bounded(row.After)
		rows = append(rows, row)
	}
	add := func(name string, code bool, of func(lockfile.Entry) string) {
		addValues(name, func(v *Version, _ sources) []valueView {
			if text := of(v.Entry); text != "" {
				return []valueView{{Text: text, Code: code}}
			}
			return nil
		})
	}
	// Of what is shown the file tells what it is, and the lock where it says
	// something else.
	addSeen := func(name string, code bool, of func(lockfile.Entry) string, seen func(*Version, *medium) string) {
		addValues(name, func(v *Version, _ sources) []valueView {
			said := of(v.Entry)
			is := seen(v, p.media[v.Hash])
			switch {
			case is != "" && is != said && said != "":
				return []valueView{{Text: is, Code: code}, {Label: "the lock says", Text: said, Code: code}}
			case is != "":
				return []valueView{{Text: is, Code: code}}
			case said == "":
				return nil
			case v.Drifted:
				return []valueView{{Label: "the lock says", Text: said, Code: code}}
			}
			return []valueView{{Text: said, Code: code}}
		})
	}
	if c.PreviousAddress != "" {
		before, after := valueView{Text: c.PreviousAddress, Address: c.PreviousAddress}, valueView{Text: c.Address, Address: c.Address}
		rows = append(rows, factView{Name: "Address", Before: []valueView{before}, After: []valueView{after}, Changed: true})
	}
	add("Cost", false, p.costOf)
	add("Method", true, func(e lockfile.Entry) string { return e.Method })
	add("Provider", true, func(e lockfile.Entry) string { return e.Provider })
	for _, name := range inputNames(c) {
		if name == plan.NamesInput && c.kind() == address.Atlas {
			continue // they stand before what they name
		}
		addValues(inputTitle(name), func(v *Version, known sources) []valueView {
			values := p.inputValues(v.Entry.Inputs[name], known)
			if c.kind() == address.Atlas {
				values = labelled(values, v.Entry)
			}
			return values
		})
	}
	addSeen("Dimensions", false, dimensions, func(_ *Version, m *medium) string { return sizeText(m.Width, m.Height) })
	addSeen("Duration", false, func(e lockfile.Entry) string { return secondsText(e.Duration) }, func(_ *Version, m *medium) string { return secondsText(m.Duration) })
	addSeen("Type", false, func(e lockfile.Entry) string { return e.MediaType }, func(_ *Version, m *medium) string { return format.TypeOf(path.Ext(m.File)) })
	addSeen("Size", false, func(e lockfile.Entry) string { return bytesText(e.Bytes) }, func(_ *Version, m *medium) string {
		if m.Bytes == 0 {
			return ""
		}
		return bytesText(m.Bytes)
	})
	add("Marks", false, marks)
	add("Output", true, func(e lockfile.Entry) string { return e.Output })
	add("Task", true, func(e lockfile.Entry) string { return e.TaskID })
	add("Candidates", false, candidates)
	add("Protected", false, func(e lockfile.Entry) string { return strings.Join(e.Protect, ", ") })
	addSeen("Content hash", true, func(e lockfile.Entry) string { return e.ContentHash.String() }, func(v *Version, _ *medium) string {
		if v.Hash == v.Entry.ContentHash {
			return ""
		}
		return v.Hash.String()
	})
	add("Source hash", true, func(e lockfile.Entry) string {
		if e.SourceHash.IsZero() {
			return ""
		}
		return e.SourceHash.String()
	})
	add("Inputs hash", true, func(e lockfile.Entry) string { return e.InputsHash.String() })
	return rows
}

// inputNames lists the inputs of both versions but the prompt.
func inputNames(c *Change) []string {
	var names []string
	for _, v := range []*Version{c.Before, c.After} {
		if v == nil {
			continue
		}
		for name := range v.Entry.Inputs {
			if name != "prompt" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// inputTitle is an input's name as a title: "aspect_ratio" is "Aspect ratio".
func inputTitle(name string) string {
	text := strings.ReplaceAll(name, "_", " ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// inputText is a recorded input; "" for one that was not recorded, which the
// zero Value stands for.
func inputText(v lockfile.Value) string {
	if list, ok := v.AsStrings(); ok {
		return strings.Join(list, "\n")
	}
	if text, ok := v.AsText(); ok {
		return text
	}
	if v.IsSensitive() {
		return "(sensitive)"
	}
	return v.String()
}

func (p *pages) costOf(e lockfile.Entry) string {
	if e.Adopted {
		return "made by hand"
	}
	if e.Placeholder {
		return "no cost, a placeholder"
	}
	return p.costText(engine.Cost(e.Cost))
}

// costText is what was charged: a lock has no other cost.
func (p *pages) costText(c engine.Cost) string {
	if c.IsZero() {
		return "no cost"
	}
	return p.report.Prices.Text(c)
}

// candidates says what the result was chosen from.
func candidates(e lockfile.Entry) string {
	switch n := len(e.Candidates); {
	case n == 0:
		return ""
	case e.Picked > 0:
		return fmt.Sprintf("candidate %d of %d", e.Picked, n)
	default:
		return fmt.Sprintf("%d, none picked", n)
	}
}

// marks says what of its origin the file tells.
func marks(e lockfile.Entry) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(e.Marks)) {
		lines = append(lines, inputTitle(name)+": "+e.Marks[name])
	}
	return strings.Join(lines, "\n")
}

func dimensions(e lockfile.Entry) string {
	return sizeText(e.Width, e.Height)
}

func sizeText(width, height int) string {
	if width == 0 || height == 0 {
		return ""
	}
	return fmt.Sprintf("%d × %d", width, height)
}

// secondsText is how long a film lasts.
func secondsText(seconds float64) string {
	if seconds == 0 {
		return ""
	}
	return strconv.FormatFloat(math.Round(seconds*1000)/1000, 'f', -1, 64) + " s"
}

func bytesText(n int64) string {
	const unit = 1024
	switch {
	case n < unit:
		return fmt.Sprintf("%d B", n)
	case n < unit*unit:
		return fmt.Sprintf("%.1f KiB", float64(n)/unit)
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/unit/unit)
}

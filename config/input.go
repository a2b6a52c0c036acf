package config

import (
	"fmt"
	"path"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/evaluation"

	"github.com/zclconf/go-cty/cty"
)

// link is an evaluated asset together with the images and triggers that its
// expressions named. They are looked up when all assets are known, because
// the path of a file may turn out to be another asset's output.
type link struct {
	text     string // of the address, to sort by
	spec     *Spec
	block    *block
	inputs   []inputRef
	triggers []triggerRef
}

// inputRef is an image as an expression named it.
type inputRef struct {
	input   engine.Input
	asset   string // address, or
	path    string // path as it was written
	member  string // the name that a map gives it
	setting setting
}

// inputs evaluates the image inputs of an asset's method.
func (d *draft) inputs() bool {
	all := true
	for _, in := range d.spec.Method.Inputs {
		s, set := d.setting(in.Name)
		switch {
		case !set && in.Required:
			d.missingInput(in)
			all = false
		case !set:
		case in.List:
			all = d.inputList(s, in) && all
		default:
			all = d.inputImage(s, member{value: s.value}, in) && all
		}
	}
	return all
}

// missingInput reports an input that the method needs because of another one,
// which may be meant otherwise: a style in words.
func (d *draft) missingInput(in engine.Input) {
	by, _ := d.selecting()
	if d.mistyped(in.Name) {
		return
	}
	if by.name == "" || d.derived() {
		d.reports.Report(d.spec.Range, "Missing "+in.Name+" of asset", "%s needs %s. %s", d.user(), in.Name, in.Doc)
		return
	}
	hint := ""
	if v := by.value; v.Type() == cty.String && v.IsKnown() && !v.IsMarked() && path.Ext(v.AsString()) == "" {
		hint = " What is said in words belongs in the prompt."
	}
	by.report(d.reports, "Missing "+in.Name+" of asset", "%s sets %s, so that it uses %s, which needs %s too. Each is a picture: image.NAME or the path of a file.%s",
		d.spec.Address, by.name, d.spec.Method.Name, in.Name, hint)
}

// selecting is the setting by which the method was chosen, if there is one.
func (d *draft) selecting() (setting, bool) {
	for _, get := range []func(string) (setting, bool){d.own, d.inherit} {
		for _, in := range d.spec.Method.Inputs {
			if s, set := get(in.Name); set && in.Selects {
				return s, true
			}
		}
	}
	return setting{}, false
}

func (d *draft) inputList(s setting, in engine.Input) bool {
	v := s.value
	t := v.Type()
	switch {
	case !v.IsKnown():
		return false
	case v.IsMarked():
		return d.refuseSensitive(s)
	case t.IsTupleType() || t.IsListType() || t.IsSetType():
	case (in.Named || in.Whole) && !isAssetType(t) && (t.IsMapType() || t.IsObjectType()):
	default:
		s.report(d.reports, "Invalid value of "+in.Name, "Found %s, but %s of %s must be %s.", describeType(v), in.Name, d.spec.Address, listForm(in))
		return false
	}
	list, ok := d.members(s, v, in)
	if !ok {
		return false
	}
	if n := len(list); n < in.Min || in.Max > 0 && n > in.Max {
		takes := fmt.Sprintf("%d to %d", in.Min, in.Max)
		if in.Max == 0 {
			takes = fmt.Sprintf("%d or more", in.Min)
		}
		s.report(d.reports, "Wrong number of "+in.Name, "Found %d, but %s takes %s %s.", n, d.taker(), takes, in.Name)
		return false
	}
	all := true
	for _, m := range list {
		all = d.inputImage(s, m, in) && all
	}
	return all
}

// listForm says what a list of images is written as.
func listForm(in engine.Input) string {
	switch {
	case in.Whole:
		return "a list of assets: [image.NAME, image.OTHER]"
	case in.Named:
		return "a map or a list of images: { NAME = image.NAME } or [image.NAME, \"path.png\"]"
	}
	return "a list of images: [image.NAME, \"path.png\"]"
}

// inputImage reads one image: an asset or the path of a file.
func (d *draft) inputImage(s setting, m member, in engine.Input) bool {
	v := m.value
	t := v.Type()
	switch {
	case !v.IsKnown():
		return false
	case v.IsMarked():
		return d.refuseSensitive(s)
	case v.IsNull():
		s.report(d.reports, "Invalid value of "+in.Name, "%s of %s has an image that is null.", in.Name, d.spec.Address)
		return false
	case t == cty.String:
		d.link.inputs = append(d.link.inputs, inputRef{input: in, path: v.AsString(), member: m.name, setting: s})
		return true
	case isAssetType(t):
		address, ok := assetAddress(v)
		if ok {
			d.link.inputs = append(d.link.inputs, inputRef{input: in, asset: address, member: m.name, setting: s})
		}
		return ok
	}
	hint := "Write image.NAME or the path of a file."
	switch {
	case in.Whole:
		hint = "Write image.NAME."
	case in.Text:
		hint = "Write it in quotes."
	}
	if (t.IsMapType() || t.IsListType()) && isAssetType(t.ElementType()) {
		hint = "These are all instances of a block; pick one by its key: image.NAME[\"KEY\"]."
		if in.Named {
			hint = fmt.Sprintf("These are all instances of a block; write %s = image.NAME, or join maps: merge(image.NAME, { other = image.OTHER }).", in.Name)
		}
	}
	s.report(d.reports, "Invalid value of "+in.Name, "Found %s, but %s of %s must be %s. %s", describeType(v), in.Name, d.spec.Address, d.assets.lang.wanted(in), hint)
	return false
}

// wanted names what an input is made of.
func (l *language) wanted(in engine.Input) string {
	if in.Text {
		return "the path of a file"
	}
	var kinds []string
	for _, kind := range l.kinds {
		if kind.Picture() || kind == address.Video && in.Films {
			kinds = append(kinds, string(kind))
		}
	}
	if in.Whole {
		return "assets of kind " + diag.Listed(kinds)
	}
	return "an " + diag.Either(kinds) // an image is the first
}

func (d *draft) refuseSensitive(s setting) bool {
	s.report(d.reports, "Sensitive value of "+s.name, "Paths are shown and stored, so %s of %s cannot be sensitive.", s.name, d.spec.Address)
	return false
}

// isAssetType reports whether values of a type stand for an asset.
func isAssetType(t cty.Type) bool {
	return t.IsObjectType() && t.HasAttribute("address") && t.HasAttribute("path") && t.AttributeType("address") == cty.String
}

// assetAddress returns the address that the value of an asset holds.
func assetAddress(v cty.Value) (string, bool) {
	address, _ := v.GetAttr("address").Unmark()
	if !address.IsKnown() || address.IsNull() {
		return "", false
	}
	return address.AsString(), true
}

// describeType names what was found in place of an image.
func describeType(v cty.Value) string {
	if isAssetType(v.Type()) {
		return "a single asset"
	}
	return evaluation.TypeName(v.Type())
}

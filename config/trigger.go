package config

import (
	"assetform/config/evaluation"

	"github.com/zclconf/go-cty/cty"
)

// triggerRef is an asset of replace_triggered_by.
type triggerRef struct{ asset string }

// trigger adds the assets that an element of replace_triggered_by names: one,
// or all in a list or map.
func (d *draft) trigger(b evaluation.Bound) bool {
	v := d.assets.ev.Value(b, d.inst)
	if evaluation.IsNull(v) {
		return true // not set, or an element that a conditional leaves out
	}
	return d.addTriggers(b, v)
}

func (d *draft) addTriggers(b evaluation.Bound, v cty.Value) bool {
	t := v.Type()
	switch {
	case !v.IsKnown():
		return false
	case v.IsMarked():
		d.reports.ReportValue(b, d.inst, "Sensitive value of replace_triggered_by", "Addresses are shown and stored, so replace_triggered_by of %s cannot be sensitive.", d.spec.Address)
		return false
	case v.IsNull():
	case isAssetType(t):
		address, ok := assetAddress(v)
		if ok {
			d.link.triggers = append(d.link.triggers, triggerRef{address})
		}
		return ok
	case t.IsCollectionType() || t.IsTupleType():
		all := true
		for it := v.ElementIterator(); it.Next(); {
			_, element := it.Element()
			all = d.addTriggers(b, element) && all
		}
		return all
	}
	d.reports.ReportValue(b, d.inst, "Invalid value of replace_triggered_by", "Found %s, but replace_triggered_by of %s must be a list of assets: [image.NAME].",
		evaluation.TypeName(t), d.spec.Address)
	return false
}

package config

import (
	"assetform/config/engine"
	"assetform/config/evaluation"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// prices evaluates the attributes of a prices block. A number is refused: it
// would have lost the decimals that it was written with, and what was
// calculated may be a binary fraction that only looks like one.
func (r *settingsReader) prices(attrs hcl.Attributes) engine.Prices {
	p := engine.Prices{Units: map[string]string{}}
	for _, attr := range sortedAttributes(attrs) {
		b := r.ev.Bind(r.scope, attr.Expr, evaluation.Names{})
		v := r.ev.Value(b, nil)
		currency := attr.Name == "currency"
		switch {
		case !v.IsWhollyKnown():
		case sensitive.Is(v):
			r.reports.Report(attr.Expr.Range(), "Sensitive value of "+attr.Name, "The value of %s is shown, so it cannot be sensitive.", attr.Name)
		case v.IsNull() && !currency:
		case currency && (v.IsNull() || v.Type() != cty.String || !engine.IsCurrency(v.AsString())):
			r.reports.ReportValue(b, nil, "Invalid value of "+attr.Name, `%s must be the code of a currency, three capital letters such as "USD".`, attr.Name)
		case v.Type() == cty.Number:
			r.reports.ReportValue(b, nil, "Invalid value of "+attr.Name, `%s must be a decimal in quotes, such as "0.04": numbers are calculated with in binary fractions, and money is not.`, attr.Name)
		case !currency && (v.Type() != cty.String || !engine.IsPrice(v.AsString())):
			r.reports.ReportValue(b, nil, "Invalid value of "+attr.Name, `%s must be a decimal in quotes, such as "0.04", with at most 9 digits before the point and 9 behind it.`, attr.Name)
		case currency:
			p.Currency = v.AsString()
		default:
			p.Units[attr.Name] = v.AsString()
		}
	}
	return p
}

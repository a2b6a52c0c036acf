package diag

import "github.com/hashicorp/hcl/v2"

// addressed is the Extra of a diagnostic that concerns one asset.
type addressed struct {
	address string
	inner   any
}

// UnwrapDiagnosticExtra implements [hcl.DiagnosticExtraUnwrapper].
func (a addressed) UnwrapDiagnosticExtra() any { return a.inner }

// SetAddress notes on a diagnostic which asset it concerns. What the
// diagnostic's Extra held can still be found in it.
func SetAddress(d *hcl.Diagnostic, address string) {
	d.Extra = addressed{address: address, inner: d.Extra}
}

// address returns the address that was noted, or an empty string.
func address(d *hcl.Diagnostic) string {
	a, _ := hcl.DiagnosticExtra[addressed](d)
	return a.address
}

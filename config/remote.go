package config

import (
	"assetform/config/evaluation"
	"assetform/config/origin"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Remote is where the machines of a project share what was generated. The zero
// value is none.
type Remote struct {
	URL       string
	Shown     string // whom the URL leads to, for reviewers
	ReadOnly  bool
	Range     hcl.Range // of the URL
	ModeRange hcl.Range // of the mode; zero: none is set
}

// The modes of a remote.
const (
	RemoteReadWrite = "read-write"
	RemoteRead      = "read"
)

// remote evaluates the attributes of a remote block. Everybody reads the URL in
// the repository, so nothing in it may be secret.
func (r *settingsReader) remote(attrs hcl.Attributes) Remote {
	var remote Remote
	for _, attr := range sortedAttributes(attrs) {
		b := r.ev.Bind(r.scope, attr.Expr, evaluation.Names{})
		v := r.ev.Value(b, nil)
		switch {
		case !v.IsWhollyKnown():
		case sensitive.Is(v):
			r.reports.Report(attr.Expr.Range(), "Sensitive value of "+attr.Name, "The value of %s is shown, so it cannot be sensitive. Credentials come from where the tools of the remote keep them, never from the configuration.", attr.Name)
		case v.IsNull() && attr.Name == "mode":
		case v.IsNull() || v.Type() != cty.String:
			r.reports.ReportValue(b, nil, "Invalid value of "+attr.Name, "%s must be a string.", attr.Name)
		case attr.Name == "mode":
			remote.ModeRange = attr.Expr.Range()
			if remote.ReadOnly = v.AsString() == RemoteRead; !remote.ReadOnly && v.AsString() != RemoteReadWrite {
				r.reports.ReportValue(b, nil, "Invalid value of mode", "mode must be %q or %q.", RemoteReadWrite, RemoteRead)
			}
		default:
			_, shown, err := origin.ParseRemote(v.AsString())
			if err != nil {
				r.reports.ReportValue(b, nil, "Invalid value of url", "The URL of the remote cannot be used: %s.", err)
				continue
			}
			remote.URL, remote.Shown, remote.Range = v.AsString(), shown, attr.Expr.Range()
		}
	}
	return remote
}

package plan

import (
	"bytes"
	"encoding/json"
	"slices"

	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/lockfile"
)

// FormatVersion is the version of the plan's JSON. A minor step adds fields, a
// major one changes or removes them.
const FormatVersion = "1.1"

// Document is a plan as other programs read it: what `plan --json` prints and
// what a saved plan holds.
type Document struct {
	FormatVersion string           `json:"format_version"`
	Changes       []ChangeDocument `json:"changes"`
	Summary       Summary          `json:"summary"`
	Cost          Cost             `json:"cost"`
	Amounts
	Prices      engine.Prices     `json:"prices,omitzero"`
	Origins     map[string]string `json:"origins"` // by provider
	Remote      *Remote           `json:"remote,omitempty"`
	Diagnostics []diag.Diagnostic `json:"diagnostics"`
	// Base is what the branch did before; nil where nobody asked.
	Base *Base `json:"base,omitempty"`

	Engines engine.Registry `json:"-"` // what the changes are shown by
	// BudgetIdle says that there is a budget and that nothing is charged.
	BudgetIdle   bool `json:"-"`
	Placeholders bool `json:"-"` // only placeholders were looked for
}

// Summary counts the changes by action.
type Summary struct {
	Create  int `json:"create"`
	Update  int `json:"update"`
	Restore int `json:"restore"`
	Move    int `json:"move"`
	Import  int `json:"import"`
	Delete  int `json:"delete"`
	Forget  int `json:"forget"`
	NoOp    int `json:"no-op"`
}

// Count returns the number of changes with that action.
func (s Summary) Count(a Action) int {
	switch a {
	case Create:
		return s.Create
	case Update:
		return s.Update
	case Restore:
		return s.Restore
	case Move:
		return s.Move
	case Import:
		return s.Import
	case Delete:
		return s.Delete
	case Forget:
		return s.Forget
	}
	return s.NoOp
}

// ChangeDocument is one change of a Document. Before and After have the form
// of the lock's inputs; After shows every parameter that will be sent.
type ChangeDocument struct {
	Address         string         `json:"address"`
	Kind            address.Kind   `json:"kind"`
	Action          Action         `json:"action"`
	Reasons         []Reason       `json:"reasons"`
	Method          string         `json:"method"`
	Provider        string         `json:"provider"`
	Output          string         `json:"output"`
	PreviousAddress string         `json:"previous_address,omitempty"`
	PreviousOutput  string         `json:"previous_output,omitempty"`
	Ignored         []string       `json:"ignored,omitempty"` // inputs that differ and do not count
	Before          map[string]any `json:"before"`
	After           map[string]any `json:"after"`
	Conditional     bool           `json:"conditional"`
	Drifted         bool           `json:"drifted"`
	Candidates      int            `json:"candidates,omitempty"`         // how many there will be to pick from
	Missing         int            `json:"candidates_missing,omitempty"` // how many of them the lock does not have
	Dropped         int            `json:"candidates_dropped,omitempty"` // how many go that are not asked for any more, and that nobody picked
	PickAgain       bool           `json:"pick_again,omitempty"`         // what was picked is one of other inputs
	Adopted         bool           `json:"adopted,omitempty"`            // the recorded result was made by hand
	Placeholder     bool           `json:"placeholder,omitempty"`        // a sketch stands afterwards in the result's place
	From            string         `json:"from,omitempty"`               // the commit that a restore takes the bytes from, or "remote"
	Cost            engine.Cost    `json:"cost"`
	Amount          *engine.Amount `json:"amount,omitempty"` // of what is charged

	// Declared tells that the asset stands in the configuration.
	Declared bool `json:"-"`
	// Stands is what stands at the output of a drifted one; "": what a person
	// made of it.
	Stands string `json:"-"`
}

// Document gives the plan's JSON form. Snippets of the diagnostics are taken
// from the project's files.
func (p *Plan) Document(project *config.Project) Document { return p.document(project, true) }

// Brief is Document without the inputs of what stays as it is, which most
// texts do not show.
func (p *Plan) Brief(project *config.Project) Document { return p.document(project, false) }

func (p *Plan) document(project *config.Project, whole bool) Document {
	d := Document{
		FormatVersion: FormatVersion,
		Changes:       make([]ChangeDocument, 0, len(p.Changes)),
		Summary: Summary{
			Create: p.Summary[Create], Update: p.Summary[Update], Restore: p.Summary[Restore], Move: p.Summary[Move],
			Import: p.Summary[Import], Delete: p.Summary[Delete], Forget: p.Summary[Forget], NoOp: p.Summary[NoOp],
		},
		Cost:    Cost{project.Engines.Whole(p.Cost.Certain), project.Engines.Whole(p.Cost.Conditional)},
		Origins: p.Origins, Remote: p.Remote, Prices: project.Prices,
		Diagnostics: diag.JSON(p.Diagnostics, project.Files),
		Engines:     project.Engines, Placeholders: project.Placeholders,
		BudgetIdle: p.Free && len(project.Budget.Limits) > 0,
	}
	if d.Origins == nil {
		d.Origins = map[string]string{}
	}
	if d.Diagnostics == nil {
		d.Diagnostics = []diag.Diagnostic{}
	}
	nothing := project.Engines.Whole(nil) // shared by all that cost nothing
	for _, c := range p.Changes {
		shown := c.document()
		if shown.Cost = nothing; len(c.Cost) > 0 {
			shown.Cost = project.Engines.Whole(c.Cost)
		}
		if whole || c.Action != NoOp {
			shown.Before, shown.After = c.inputs()
		}
		shown.Stands = c.Stands
		shown.Declared = c.Spec != nil || project.Spec(c.Address) != nil
		d.Changes = append(d.Changes, shown)
	}
	d.price()
	return d
}

func (c *Change) document() ChangeDocument {
	d := ChangeDocument{
		Address: c.Address.String(), Kind: c.Kind(), Action: c.Action, Reasons: slices.Clone(c.Reasons),
		Method: c.Method, Provider: c.Provider, Output: c.Output, PreviousOutput: c.PreviousOutput,
		Conditional: c.Conditional, Drifted: c.Drifted, Adopted: c.madeByHand(), Placeholder: c.Placeholder,
	}
	if d.Reasons == nil {
		d.Reasons = []Reason{}
	}
	c.documentCandidates(&d)
	d.Ignored, d.From = c.Ignored, c.From
	if !c.PreviousAddress.IsZero() {
		d.PreviousAddress = c.PreviousAddress.String()
	}
	return d
}

// inputs are those of the lock and today's, as far as there are any.
func (c *Change) inputs() (before, after map[string]any) {
	if c.Prior != nil {
		before = PlainInputs(c.recordedInputs())
	}
	if c.Spec != nil {
		after = c.Fingerprint.After()
	}
	return before, after
}

// After lists every parameter that will be sent, defaults included, in the
// form of the lock's inputs. An image that is not known yet is an object that
// names its upstream.
func (f *Fingerprint) After() map[string]any {
	after := map[string]any{}
	for _, p := range f.Params {
		after[p.Name] = plain(recorded(p))
	}
	content := func(h lockfile.ContentHash, a address.Address) any {
		if h.IsZero() {
			return map[string]any{"upstream": a.String()}
		}
		return h.String()
	}
	for _, im := range f.Images {
		v := content(im.Hash, im.Upstream)
		if im.List {
			list, _ := after[im.Name].([]any)
			after[im.Name] = append(list, v)
		} else {
			after[im.Name] = v
		}
	}
	if f.Revision != 0 {
		after[RevisionInput] = f.Revision
	}
	if len(f.Triggers) > 0 {
		var list []any
		for _, t := range f.Triggers {
			list = append(list, content(t.Hash, t.Address))
		}
		after[TriggersInput] = list
	}
	return after
}

// PlainInputs is recorded inputs in the form that plans have.
func PlainInputs(in lockfile.Inputs) map[string]any {
	m := make(map[string]any, len(in))
	for name, v := range in {
		m[name] = plain(v)
	}
	return m
}

// plain is a recorded value as encoding/json and comparisons take it.
func plain(v lockfile.Value) any {
	if s, ok := v.AsText(); ok {
		return s
	}
	if n, ok := v.AsInt(); ok {
		return n
	}
	if f, ok := v.AsNumber(); ok {
		return f
	}
	if b, ok := v.AsBool(); ok {
		return b
	}
	if list, ok := v.AsStrings(); ok {
		out := make([]any, len(list))
		for i, s := range list {
			out[i] = s
		}
		return out
	}
	if list, ok := v.AsNumbers(); ok {
		out := make([]any, len(list))
		for i, n := range list {
			out[i] = n
		}
		return out
	}
	digest, _ := v.AsSensitive()
	return map[string]any{"sensitive": digest.String()}
}

// Encode writes a document, or anything else that is JSON of ours, with
// two-space indent and without escaping what HTML would need escaped.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

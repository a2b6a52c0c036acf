package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan"
	"assetform/plan/render"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// explanation is the JSON document of explain.
type explanation struct {
	FormatVersion string                 `json:"format_version"`
	Address       string                 `json:"address"`
	Defined       string                 `json:"defined"` // FILE:LINE
	Method        string                 `json:"method"`
	Provider      string                 `json:"provider"`
	Origin        string                 `json:"origin,omitempty"` // none for the engine in the process
	Output        string                 `json:"output"`
	Cost          engine.Cost            `json:"cost"`
	Amount        *engine.Amount         `json:"amount,omitempty"`
	Inputs        []explanationInput     `json:"inputs"`
	InputsHash    string                 `json:"inputs_hash"` // empty while an upstream is to be generated
	RecordedHash  string                 `json:"recorded_hash,omitempty"`
	Adopted       bool                   `json:"adopted,omitempty"`     // the recorded result was made by hand
	Placeholder   bool                   `json:"placeholder,omitempty"` // a sketch stands in the lock for the result
	Candidates    []explanationCandidate `json:"candidates,omitempty"`
	Action        plan.Action            `json:"action"`
	Reasons       []plan.Reason          `json:"reasons"`
	Dependants    []string               `json:"dependants"`
}

// explanationInput is one input: what it is, what was recorded, and where it
// comes from.
type explanationInput struct {
	Name     string `json:"name"`
	Value    any    `json:"value"`
	Recorded any    `json:"recorded"`
	Differs  bool   `json:"differs"`
	From     string `json:"from"` // FILE:LINE, or "default of METHOD"
	// Images names the asset or file of each input image.
	Images []string `json:"images,omitempty"`
}

// Explain is the command explain.
func Explain(fs *pflag.FlagSet) Run {
	var f planFlags
	f.vars.bind(fs)
	bindPlaceholders(fs, &f.evaluation)
	fs.BoolVar(&f.json, "json", false, "print JSON")
	return func(_ context.Context, s *Session, args []string) int {
		if len(args) != 1 {
			return s.fail("Unusable arguments", fmt.Errorf("\"assetform explain\" takes the address of one asset"))
		}
		if err := f.check(s.engines); err != nil {
			return s.fail("Unusable flag", err)
		}
		w, ok := s.open(f.evaluation, true)
		if !ok {
			return ExitError
		}
		defer s.watch.Begin(nil)()
		a, err := w.findAsset(args[0])
		if err != nil {
			return s.fail("No such asset", err)
		}
		p := w.build(plan.Options{})
		e := w.explain(p.Change(a))
		if !f.json {
			return s.output(e.text(s.engines, render.Reasons(p.Document(w.project))[e.Address]))
		}
		b, err := plan.Encode(e)
		if err != nil {
			return s.fail("Output failed", err)
		}
		return s.outputJSON(string(b))
	}
}

// findAsset finds one asset of the configuration by its address.
func (w *workspace) findAsset(text string) (address.Address, error) {
	var known []string
	for _, s := range w.project.Specs {
		known = append(known, s.Address.String())
	}
	return oneAddress(text, known, "configuration")
}

// oneAddress reads the address of one of the assets that something has.
func oneAddress(text string, known []string, where string) (address.Address, error) {
	a, err := address.Parse(text)
	if err == nil && slices.Contains(known, a.String()) {
		return a, nil
	}
	if instances := slices.DeleteFunc(slices.Clone(known), func(k string) bool { return !strings.HasPrefix(k, text+"[") }); len(instances) > 0 {
		return a, fmt.Errorf("the block %s has instances; name one of them, such as %s", text, diag.ShellWord(instances[0]))
	}
	if strings.Contains(text, "*") {
		return a, fmt.Errorf("the %s has no asset %q: one asset is to be named, and patterns are not taken here", where, text)
	}
	if err != nil {
		return a, fmt.Errorf("%w%s", err, meantAddress(text, known))
	}
	return a, fmt.Errorf("the %s has no asset %q%s", where, text, meantAddress(text, known))
}

func (w *workspace) explain(c *plan.Change) explanation {
	s := c.Spec
	e := explanation{
		FormatVersion: plan.FormatVersion, Address: c.Address.String(), Defined: lineOf(s.Range), Method: c.Method,
		Provider: c.Provider, Output: c.Output, Cost: w.project.Engines.Whole(nil), Action: c.Action, Reasons: c.Reasons, Dependants: []string{},
	}
	for range max(s.Candidates, 1) {
		e.Cost = e.Cost.Add(s.Cost())
	}
	e.Candidates = w.explainCandidates(c)
	e.Amount = w.charged(c, e.Cost)
	if at := w.project.Endpoint(s.Provider); !at.IsZero() {
		e.Origin = at.Origin.String()
	}
	if e.Reasons == nil {
		e.Reasons = []plan.Reason{}
	}
	if c.Fingerprint.Known() {
		e.InputsHash = c.Fingerprint.Hash().String()
	}
	var recorded map[string]any
	if c.Prior != nil {
		e.RecordedHash = c.Prior.InputsHash.String()
		e.Adopted, e.Placeholder = c.Prior.Adopted, c.Prior.Placeholder
		recorded = plan.PlainInputs(c.Prior.Inputs)
	}
	after := c.Fingerprint.After()
	for _, p := range s.Params {
		value, sent := after[p.Name]
		if !sent {
			continue
		}
		in := explanationInput{Name: p.Name, Value: value, Recorded: recorded[p.Name], From: lineOf(p.Range)}
		if p.IsDefault {
			in.From = "default of " + c.Method
			if p.Range != s.Range {
				in.From = lineOf(p.Range) + ", the default of " + c.Method
			}
		}
		in.Differs = c.Prior != nil && (p.IsDefault && in.Recorded != nil || !p.IsDefault && !equalJSON(in.Value, in.Recorded))
		e.Inputs = append(e.Inputs, in)
	}
	at := map[string]int{}
	for _, image := range s.Inputs {
		source := image.Path
		if !image.Upstream.IsZero() {
			source = image.Upstream.String()
		}
		if i, seen := at[image.Name]; seen {
			e.Inputs[i].Images = append(e.Inputs[i].Images, source)
			continue
		}
		at[image.Name] = len(e.Inputs)
		in := explanationInput{
			Images: []string{source}, Name: image.Name, Value: after[image.Name],
			Recorded: recorded[image.Name], From: lineOf(image.Range),
		}
		in.Differs = c.Prior != nil && !equalJSON(in.Value, in.Recorded)
		e.Inputs = append(e.Inputs, in)
	}
	for _, name := range []string{plan.RevisionInput, plan.TriggersInput, plan.AlgorithmInput} {
		if value := after[name]; value != nil || recorded[name] != nil {
			e.Inputs = append(e.Inputs, explanationInput{
				Name: name, Value: value, Recorded: recorded[name], From: lineOf(s.Range),
				Differs: c.Prior != nil && !equalJSON(value, recorded[name]),
			})
		}
	}
	for _, d := range w.project.Dependants(c.Address) {
		e.Dependants = append(e.Dependants, d.Address.String())
	}
	return e
}

// equalJSON compares two values as their JSON reads.
func equalJSON(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// place is a range as people look it up.
func lineOf(r hcl.Range) string {
	return fmt.Sprintf("%s:%d", filepath.ToSlash(r.Filename), r.Start.Line)
}

// charged is the amount of what a change costs; nil where nothing is charged,
// or there are no prices.
func (w *workspace) charged(c *plan.Change, cost engine.Cost) *engine.Amount {
	if !w.project.Engines.Charges(c.Provider) {
		return nil
	}
	return w.project.Prices.Charged(cost)
}

func costText(c engine.Cost, a *engine.Amount) string {
	if a == nil {
		return c.String()
	}
	return c.String() + " (" + a.Text() + ")"
}

// text is the explanation for people; why are the reasons in words.
func (e *explanation) text(engines engine.Registry, why string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", inline(e.Address))
	line := func(name, text string) { fmt.Fprintf(&b, "  %-12s %s\n", name, inline(text)) }
	line("defined", e.Defined)
	line("output", e.Output)
	line("method", fmt.Sprintf("%s (%s)", e.Method, e.Provider))
	if e.Origin != "" && e.Origin != config.DefaultOrigin(engines, e.Provider).String() {
		line("origin", e.Origin)
	}
	line("cost", costText(e.Cost, e.Amount))
	action := string(e.Action)
	if why != "" {
		action += ": " + why
	}
	line("action", action)
	if e.Adopted {
		line("made", "by hand: only --overwrite-adopted replaces the file")
	}
	if e.Placeholder {
		line("stands", "a sketch, as a placeholder")
	}
	if e.InputsHash == "" {
		line("inputs hash", "known once its upstreams are generated")
	} else {
		line("inputs hash", e.InputsHash)
	}
	if e.RecordedHash != "" && e.RecordedHash != e.InputsHash {
		line("in the lock", e.RecordedHash)
	}
	b.WriteString("\n  Inputs:\n")
	for _, in := range e.Inputs {
		mark := " "
		if in.Differs {
			mark = "~"
		}
		fmt.Fprintf(&b, "  %s %-15s %s\n", mark, in.Name, in.text())
		if in.Differs {
			fmt.Fprintf(&b, "    %-15s %s (in the lock)\n", "", valueText(in.Recorded))
		}
		fmt.Fprintf(&b, "    %-15s from %s\n", "", inline(in.From))
	}
	e.writeCandidates(&b)
	if len(e.Dependants) == 0 {
		b.WriteString("\n  Nothing depends on it.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "\n  %s on it:\n", map[bool]string{true: "One asset depends", false: "These depend"}[len(e.Dependants) == 1])
	for _, d := range e.Dependants {
		fmt.Fprintf(&b, "    %s\n", inline(d))
	}
	return b.String()
}

// text is an input's value for people: of images also where they come from.
func (in *explanationInput) text() string {
	values, isList := in.Value.([]any)
	if !isList && len(in.Images) == 1 {
		values = []any{in.Value}
	}
	if len(in.Images) == 0 || len(in.Images) != len(values) {
		return valueText(in.Value)
	}
	var lines []string
	for i, v := range values {
		line := inline(in.Images[i])
		if _, unknown := v.(map[string]any); unknown {
			line += " (to be generated)"
		} else {
			line += " (" + valueText(v) + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", 20))
}

// valueText is a recorded value for people.
func valueText(v any) string {
	switch v := v.(type) {
	case nil:
		return "not set"
	case map[string]any:
		if up, ok := v["upstream"]; ok {
			return inline(fmt.Sprintf("%v, to be generated", up))
		}
		return diag.Sensitive
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, valueText(item))
		}
		return strings.Join(parts, ", ")
	case string:
		if strings.HasPrefix(v, "sha256:") {
			return v
		}
		return inline(fmt.Sprintf("%q", v))
	}
	return fmt.Sprint(v)
}

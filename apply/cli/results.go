package cli

import (
	"context"
	"fmt"
	"strings"

	"assetform/config"
	"assetform/config/diag"
	"assetform/config/syntax"
	"assetform/plan"
	"assetform/plan/render"

	"github.com/spf13/pflag"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"golang.org/x/text/unicode/norm"
)

func showLock(l *loader, asJSON, verbose bool) int {
	lock, raw, diags := l.loadLock()
	if diags.HasErrors() {
		l.printDiagnostics(diags, nil)
		return ExitError
	}
	if asJSON {
		return l.outputJSON(string(lock.Encode()))
	}
	if raw == nil {
		return l.output("There is no lock yet. Run \"assetform apply\" to make the first assets.\n")
	}
	return l.write(render.Lock(lock, render.Options{Color: l.OutColor, Width: l.outWidth(), Verbose: verbose}))
}

// Output is the command output.
func Output(fs *pflag.FlagSet) Run {
	var e evaluation
	var asJSON, raw bool
	e.vars.bind(fs)
	fs.BoolVar(&asJSON, "json", false, "print JSON, sensitive values included")
	fs.BoolVar(&raw, "raw", false, "print the text of one value without quotes")
	return func(_ context.Context, s *Session, args []string) int {
		switch {
		case len(args) > 1:
			return s.fail("Too many arguments", fmt.Errorf("\"assetform output\" takes the name of one output value, but %s given", countWere(len(args), "argument")))
		case raw && len(args) == 0:
			return s.fail("Unusable flag", fmt.Errorf("--raw needs the name of an output value"))
		case raw && asJSON:
			return s.fail("Unusable flag", fmt.Errorf("--raw and --json exclude each other"))
		}
		defer s.watch.Begin(nil)()
		p, ok := s.loadProject(e)
		if !ok {
			return ExitError
		}
		if len(args) == 0 {
			return allOutputs(s.streams, p, asJSON)
		}
		return oneOutput(s.streams, p, args[0], asJSON, raw)
	}
}

func allOutputs(s *streams, p *config.Project, asJSON bool) int {
	if asJSON {
		doc := map[string]any{}
		for _, o := range p.Outputs {
			doc[o.Name] = map[string]any{
				"sensitive": o.Sensitive,
				"type":      jsonType(o.Value.Type()),
				"value":     ctyjson.SimpleJSONValue{Value: o.Value},
			}
		}
		b, err := plan.Encode(doc)
		if err != nil {
			return s.fail("Output failed", err)
		}
		return s.outputJSON(string(b))
	}
	if len(p.Outputs) == 0 {
		return s.output("The configuration has no output blocks.\n")
	}
	var b strings.Builder
	for _, o := range p.Outputs {
		text := diag.Sensitive
		if !o.Sensitive {
			text = syntax.Literal(o.Value)
		}
		fmt.Fprintf(&b, "%s = %s\n", o.Name, text)
	}
	return s.outputJSON(b.String())
}

func oneOutput(s *streams, p *config.Project, name string, asJSON, raw bool) int {
	name = norm.NFC.String(name) // as the configuration is read
	var names []string
	for _, o := range p.Outputs {
		if o.Name != name {
			names = append(names, o.Name)
			continue
		}
		switch {
		case asJSON:
			b, err := plan.Encode(ctyjson.SimpleJSONValue{Value: o.Value})
			if err != nil {
				return s.fail("Output failed", err)
			}
			return s.outputJSON(string(b))
		case raw:
			text, err := rawText(o.Value)
			if err != nil {
				return s.fail("Output has no raw form", fmt.Errorf("output %q %w", name, err))
			}
			return s.outputData(text, fmt.Sprintf("output %q", name), "Take it from --json.")
		}
		return s.outputJSON(syntax.Literal(o.Value) + "\n")
	}
	return s.fail("No such output", fmt.Errorf("the configuration has no output %q%s", name, DidYouMean(name, names)))
}

// rawText is a value as a shell takes it.
func rawText(v cty.Value) (string, error) {
	if !v.IsNull() && v.Type().IsPrimitiveType() {
		switch v.Type() {
		case cty.String:
			return v.AsString(), nil
		case cty.Bool:
			return fmt.Sprint(v.True()), nil
		}
		return v.AsBigFloat().Text('f', -1), nil
	}
	return "", fmt.Errorf("is %s; --raw takes text, numbers and booleans, use --json", v.Type().FriendlyName())
}

func jsonType(t cty.Type) any {
	b, err := ctyjson.MarshalType(t)
	if err != nil {
		return t.FriendlyName()
	}
	return rawJSON(b)
}

type rawJSON []byte

// MarshalJSON returns the bytes as they are.
func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }

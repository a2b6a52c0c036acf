package config

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config/address"
	"assetform/config/diag"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

var update = flag.Bool("update", false, "write golden files")

// TestValid loads every project of testdata/valid and compares what came of
// it with the golden file in its directory.
func TestValid(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("testdata/valid")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < 8 {
		t.Fatalf("%d valid configurations", len(entries))
	}
	for _, entry := range entries {
		t.Run(entry.Name(), func(t *testing.T) {
			t.Parallel()
			source := filepath.Join("testdata/valid", entry.Name())
			golden := filepath.Join(source, "project.golden")
			p, diags := Load(Options{Engines: all.Registry(), Dir: copyCase(t, source), ToolVersion: "0.1.0"})
			defer p.Close()
			if len(diags) > 0 {
				t.Fatalf("diagnostics:\n%s", describe(diags))
			}
			got := dump(t, p)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("project (-want +got):\n%s", diff)
			}
		})
	}
}

// dump writes what is in a project, a line for each thing.
func dump(t *testing.T, p *Project) string {
	t.Helper()
	var b strings.Builder
	for _, s := range p.Specs {
		dumpSpec(&b, s)
	}
	b.WriteString("order")
	for _, s := range p.order {
		b.WriteString(" " + s.Address.String())
	}
	b.WriteString("\n")
	for _, ref := range sortedProviders(p) {
		pr := p.Providers[ref]
		fmt.Fprintf(&b, "provider %s url=%q key=%q concurrent=%d\n", ref, pr.BaseURL, pr.APIKey, pr.MaxConcurrent)
	}
	for _, unit := range slices.Sorted(maps.Keys(p.Budget.Limits)) {
		fmt.Fprintf(&b, "budget %s %d\n", unit, p.Budget.Limits[unit])
	}
	for _, v := range p.Variables {
		fmt.Fprintf(&b, "variable %s = %s sensitive=%t only_key=%t missing=%t\n", v.Name, jsonText(t, v.Value), v.Sensitive, v.OnlyKey, v.Missing)
	}
	for _, o := range p.Outputs {
		fmt.Fprintf(&b, "output %s = %s sensitive=%t\n", o.Name, jsonText(t, o.Value), o.Sensitive)
	}
	for _, m := range p.Moved {
		fmt.Fprintf(&b, "moved %s -> %s\n", m.From.Text, m.To.Text)
	}
	for _, r := range p.Removed {
		fmt.Fprintf(&b, "removed %s destroy=%t\n", r.From.Text, r.Destroy)
	}
	for _, i := range p.Imports {
		fmt.Fprintf(&b, "import %s\n", i.To)
	}
	fmt.Fprintf(&b, "secrets %q\n", p.Secrets)
	for _, name := range sortedKeys(p.Reads) {
		fmt.Fprintf(&b, "read %s\n", name)
	}
	return b.String()
}

func dumpSpec(b *strings.Builder, s *Spec) {
	fmt.Fprintf(b, "%s %s %s -> %s (%s)\n", s.Address, s.Method.Name, s.Provider, s.Output, diag.Place(s.Range))
	for _, p := range s.Params {
		fmt.Fprintf(b, "  %s = %#v default=%t sensitive=%t (%s)\n", p.Name, p.Value, p.IsDefault, p.Sensitive, diag.Place(p.Range))
	}
	for _, in := range s.Inputs {
		fmt.Fprintf(b, "  %s <- %s %s list=%t (%s)\n", in.Name, in.Path, upstreamText(in.Upstream), in.List, diag.Place(in.Range))
	}
	if s.Revision != 0 {
		fmt.Fprintf(b, "  revision %d\n", s.Revision)
	}
	if len(s.Triggers) > 0 {
		fmt.Fprintf(b, "  triggers %s\n", s.Triggers)
	}
	if len(s.References) > 0 {
		fmt.Fprintf(b, "  references %s\n", s.References)
	}
	if l := s.Lifecycle; l.Declared {
		fmt.Fprintf(b, "  lifecycle destroy=%t regenerate=%t ignore=%v all=%t\n", l.PreventDestroy, l.PreventRegenerate, l.IgnoreChanges, l.IgnoreAll)
	}
	for _, d := range s.Check(Self{Width: 512, Height: 128, Bytes: 3, MediaType: "image/png"}) {
		fmt.Fprintf(b, "  check %s (%s)\n", d.Detail, diag.Place(*d.Subject))
	}
}

// upstreamText is the address, or "file" for none.
func upstreamText(a address.Address) string {
	if a.IsZero() {
		return "file"
	}
	return a.String()
}

func sortedProviders(p *Project) []ProviderRef {
	byName := map[string]ProviderRef{}
	for ref := range p.Providers {
		byName[ref.String()] = ref
	}
	var refs []ProviderRef
	for _, name := range sortedKeys(byName) {
		refs = append(refs, byName[name])
	}
	return refs
}

func jsonText(t *testing.T, v cty.Value) string {
	t.Helper()
	text, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

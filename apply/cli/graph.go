package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag/cilog"

	"github.com/spf13/pflag"
)

// edge says that an asset takes, or is triggered by, another.
type edge struct {
	from, to address.Address
	label    string
}

// Graph is the command graph.
func Graph(fs *pflag.FlagSet) Run {
	var e evaluation
	var format string
	e.vars.bind(fs)
	fs.StringVar(&format, "format", "dot", "`FORMAT` of the graph: dot or mermaid")
	return func(_ context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		if format != "dot" && format != "mermaid" {
			return s.fail("Unusable flag", fmt.Errorf("--format %q: there are dot and mermaid", format))
		}
		defer s.watch.Begin(nil)()
		p, ok := s.loadProject(e)
		if !ok {
			return ExitError
		}
		if format == "mermaid" {
			return s.output(mermaid(p))
		}
		return s.output(dot(p))
	}
}

// edges lists what each asset depends on, in the order of the assets.
func edges(p *config.Project) []edge {
	var list []edge
	for _, s := range p.Specs {
		seen := map[address.Address]bool{}
		for _, in := range s.Inputs {
			if !in.Upstream.IsZero() && !seen[in.Upstream] {
				seen[in.Upstream] = true
				list = append(list, edge{s.Address, in.Upstream, in.Name})
			}
		}
		for _, t := range s.Triggers {
			if !seen[t] {
				seen[t] = true
				list = append(list, edge{s.Address, t, "trigger"})
			}
		}
	}
	return list
}

func dot(p *config.Project) string {
	var b strings.Builder
	b.WriteString("digraph assetform {\n  rankdir = \"LR\"\n  node [shape = \"box\"]\n")
	for _, s := range p.Specs {
		fmt.Fprintf(&b, "  %s\n", dotQuote(s.Address.String()))
	}
	for _, e := range edges(p) {
		fmt.Fprintf(&b, "  %s -> %s [label = %s]\n", dotQuote(e.from.String()), dotQuote(e.to.String()), dotQuote(e.label))
	}
	b.WriteString("}\n")
	return b.String()
}

// dotQuote writes a DOT string: only the quote and the backslash are special.
func dotQuote(s string) string {
	return cilog.EscapeDOT(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`)
}

func mermaid(p *config.Project) string {
	ids := make(map[address.Address]string, len(p.Specs))
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for i, s := range p.Specs {
		id := "a" + strconv.Itoa(i)
		ids[s.Address] = id
		fmt.Fprintf(&b, "  %s[\"%s\"]\n", id, mermaidText(s.Address.String()))
	}
	for _, e := range edges(p) {
		fmt.Fprintf(&b, "  %s -->|%s| %s\n", ids[e.from], e.label, ids[e.to])
	}
	return b.String()
}

// mermaidText writes a label: Mermaid takes entities for what is special.
func mermaidText(s string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;").Replace(s)
}

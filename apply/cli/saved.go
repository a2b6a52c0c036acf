package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assetform/config/diag"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// warnEdited says that a plan file is not as it was written.
func warnEdited(s *streams, saved *plan.Saved, name string) {
	if !saved.Edited() {
		return
	}
	s.printDiagnostics(hcl.Diagnostics{{
		Severity: hcl.DiagWarning, Summary: "Saved plan was edited",
		Detail: fmt.Sprintf("The plan %q is not as \"assetform plan --out\" wrote it. It is shown as it stands; its apply is refused.", name),
	}}, nil)
}

// madeWith lists the options and variables of a plan file as they would be
// given on the command line.
func madeWith(p plan.Shown) string {
	var lines []string
	add := func(name string, values ...string) {
		for _, v := range values {
			lines = append(lines, name+" "+v)
		}
	}
	o := p.Options
	add("--target", o.Targets...)
	add("--exclude", o.Excludes...)
	add("--replace", o.Replaces...)
	add("--unprotect", o.Unprotect...)
	add("--overwrite-adopted", o.OverwriteAdopted...)
	if o.OverwriteDrifted {
		lines = append(lines, "--overwrite-drifted")
	}
	if o.Unpicked {
		lines = append(lines, "--unpicked")
	}
	for unit, n := range o.Max {
		separator := "="
		if _, own := unitFlags[unit]; own {
			separator = " "
		}
		lines = append(lines, maxFlag(unit)+separator+strconv.Itoa(n))
	}
	if o.Provider != "" {
		add("--provider", o.Provider)
	}
	slices.Sort(lines)
	for _, name := range slices.Sorted(maps.Keys(p.Variables)) {
		v := p.Variables[name]
		value := compactJSON(v.Value)
		if v.Sensitive {
			value = diag.Sensitive
		}
		lines = append(lines, fmt.Sprintf("--var %s=%s", name, value))
	}
	if len(lines) == 0 {
		return "\nMade without options and variables.\n"
	}
	var b strings.Builder
	b.WriteString("\nMade with:\n")
	for _, line := range lines {
		b.WriteString("  " + inline(line) + "\n")
	}
	return b.String()
}

// compactJSON is JSON without the indent of the file that it stood in.
func compactJSON(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

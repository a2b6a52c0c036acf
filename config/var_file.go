package config

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"assetform/config/diag"
	"assetform/config/pathname"
	"assetform/config/sensitive"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// autoFile reads a variables file of the root module that needs no flag.
func (g *given) autoFile(name string) {
	if _, _, err := g.sources.files.Follow(path.Join(g.sources.rootDir, name)); errors.Is(err, fs.ErrNotExist) {
		return
	}
	src, err := g.sources.files.Read(g.sources.rootDir, name, worktree.Openly)
	if err != nil {
		at := hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
		g.reports.Report(at, "Variables file not readable", "Cannot %s.", err)
		g.broken = true
		return
	}
	g.assignFile(name, src, true)
}

// varFile reads the file of a --var-file flag, which may stand anywhere.
func (g *given) varFile(name string) {
	src, err := worktree.ReadFile(name)
	if err != nil {
		g.broken = true
		g.reports.Add(&hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Variables file not readable",
			Detail:   fmt.Sprintf("Cannot read --var-file %q: %s.", name, worktree.WithoutPath(err)),
		})
		return
	}
	g.digests[readKey(g.root, name)] = sha256.Sum256(src)
	g.assignFile(filepath.ToSlash(name), src, false)
}

// readKey is the key of a variables file in Project.Reads.
func readKey(root, name string) string {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "abs:" + filepath.ToSlash(name)
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	if rel, err := filepath.Rel(root, abs); err == nil && !pathname.LeadsOut(filepath.ToSlash(rel)) {
		return filepath.ToSlash(rel)
	}
	return "abs:" + filepath.ToSlash(abs)
}

// hideSource keeps the lines of a file with secrets out of messages, and what
// the parser quotes of them.
func (g *given) hideSource(name string, src []byte, diags hcl.Diagnostics) {
	g.sources.watched.forget(name)
	for _, d := range diags {
		d.Detail = sensitive.HideQuoted(d.Detail, func(quoted string) bool {
			return bytes.Contains(src, []byte(strings.Trim(quoted, `"`)))
		}) + " The line is not shown, because the file may hold sensitive values."
	}
}

// hasSensitive reports whether a value of a variable may be a secret.
func (m *module) hasSensitive() bool {
	for _, v := range m.variables {
		if v.sensitive {
			return true
		}
	}
	return false
}

// assignFile takes the values of a variables file. They are constants: there
// is nothing yet that they could refer to.
func (g *given) assignFile(name string, src []byte, auto bool) {
	file, diags := g.sources.parse(name, src, strings.HasSuffix(name, ".json"))
	if file == nil || diags.HasErrors() {
		g.broken = true
		if bytes.HasPrefix(bytes.TrimSpace(worktree.Text(src)), []byte("{")) && !strings.HasSuffix(name, ".json") {
			at := hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
			diags = hcl.Diagnostics{diag.Problem(at, "Variables file in JSON", "The file begins like JSON, but is read in native syntax: NAME = VALUE. Give it a name that ends in \".json\".")}
		}
		if g.mod.hasSensitive() {
			g.hideSource(name, src, diags)
		}
		g.reports.Add(diags...)
		return
	}
	attrs, diags := file.Body.JustAttributes()
	g.broken = g.broken || diags.HasErrors()
	// A value without a declaration may be that of a mistyped name.
	secret := diags.HasErrors() && g.mod.hasSensitive()
	for _, attr := range attrs {
		v := g.mod.variables[attr.Name]
		secret = secret || v != nil && v.sensitive || v == nil && g.mod.hasSensitive()
	}
	if secret {
		g.hideSource(name, src, diags)
	}
	g.reports.Add(diags...)
	for _, attr := range sortedAttributes(attrs) {
		at := attr.Expr.Range()
		if g.mod.variables[attr.Name] == nil {
			g.reports.Add(&hcl.Diagnostic{
				Severity: hcl.DiagWarning,
				Summary:  "Value for undeclared variable",
				Detail: fmt.Sprintf("The root module declares no variable %q, so this value is not used.%s",
					attr.Name, g.reports.Suggest(attr.Name, func() []string { return sortedKeys(g.mod.variables) })),
				Subject: attr.NameRange.Ptr(),
			})
			continue
		}
		if len(attr.Expr.Variables()) > 0 {
			hint := ""
			if word := hcl.ExprAsKeyword(attr.Expr); word != "" && !secret {
				hint = fmt.Sprintf(" A text stands in quotes: %q.", word)
			}
			g.reports.Report(at, "Value is not constant", "A variables file can use no variables: write the value of %q itself.%s", attr.Name, hint)
			g.values[attr.Name] = givenValue{value: cty.DynamicVal}
			continue
		}
		value, diags := sensitive.Evaluate(attr.Expr, nil)
		g.reports.Add(diags...)
		g.values[attr.Name] = givenValue{value: value, from: "the file " + name, rng: at, auto: auto}
	}
}

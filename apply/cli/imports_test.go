package cli

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport says which packages of this module a package may import outside
// its tests. A name that ends in /... stands for its sub-packages as well.
// apply/cli and main may import everything. What is not listed may import
// nothing of ours.
var mayImport = map[string][]string{
	"config":                  {"config/address", "config/diag", "config/format", "config/functions", "config/engine", "config/evaluation", "config/explain", "config/origin", "config/pathname", "config/picture", "config/sensitive", "config/syntax", "config/watch", "config/worktree"},
	"lockfile":                {"lockfile/atomicfile", "config/address", "config/diag", "config/pathname"},
	"lockfile/datadir":        {"lockfile/atomicfile"},
	"plan":                    {"config/...", "lockfile/..."},
	"plan/spent":              {"plan", "plan/render/disclosure", "config/engine", "lockfile"},
	"plan/since":              {"plan", "config/...", "lockfile/..."},
	"plan/render":             {"plan", "plan/since", "plan/render/...", "config/...", "lockfile/..."},
	"apply":                   {"plan", "config/...", "lockfile/...", "apply/store", "apply/engine", "apply/journal", "apply/media", "apply/media/marks", "apply/outputs", "apply/remote", "apply/remote/claim"},
	"apply/remote":            {"apply/media", "apply/store", "config/diag", "config/engine", "config/origin", "lockfile/...", "plan"},
	"apply/remote/claim":      {"apply/remote", "lockfile"},
	"apply/remote/file":       {"apply/remote", "lockfile/atomicfile"},
	"apply/remote/web":        {"apply/remote", "config/origin"},
	"apply/remote/https":      {"apply/remote", "apply/remote/web", "config/origin"},
	"apply/remote/oci":        {"apply/remote", "apply/remote/web", "config/origin"},
	"apply/remote/s3":         {"apply/remote", "apply/remote/web", "config/origin"},
	"apply/remote/open":       {"apply/remote", "apply/remote/file", "apply/remote/https", "apply/remote/oci", "apply/remote/s3", "config/pathname"},
	"apply/earlier":           {"apply/repo", "apply/store", "config/diag", "config/engine", "lockfile", "plan"},
	"apply/graphics":          {},
	"apply/merge":             {"apply/repo", "apply/store", "plan", "config/address", "config/diag", "config/engine", "config/worktree", "lockfile/..."},
	"apply/journal":           {"apply/store", "plan", "config/...", "lockfile/..."},
	"apply/outputs":           {"config/engine", "apply/store", "apply/media", "apply/media/marks", "plan", "config/format", "config/pathname", "config/worktree", "lockfile/..."},
	"apply/store":             {"lockfile/..."},
	"apply/reportdir":         {"apply/repo", "config/pathname", "lockfile/...", "plan/render/report"},
	"apply/repo":              {"plan", "config/diag", "config/pathname", "config/worktree", "lockfile/..."},
	"apply/progress":          {"apply", "apply/remote", "plan", "plan/render/...", "config/...", "lockfile/..."},
	"apply/media":             {"apply/media/marks", "apply/media/webp", "config/format", "config/picture"},
	"apply/media/marks":       {"config/format", "config/picture"},
	"apply/media/webp":        {},
	"apply/studio":            {"apply/engine", "apply/engine/imaginator", "apply/engine/sketch", "config/address", "config/engine"},
	"apply/engine":            {"config/address", "config/diag", "config/engine", "lockfile/..."},
	"apply/engine/imaginator": {"apply/engine", "apply/engine/imaginator/reach", "config/address", "config/diag", "config/engine", "config/origin", "lockfile"},
	"apply/engine/sketch":     {"apply/engine", "apply/engine/imaginator", "apply/engine/sketch/drawing", "config/address", "config/engine"},
	"apply/engine/derive":     {"config/diag", "apply/engine", "apply/engine/derive/...", "apply/media", "apply/media/marks", "config/address", "config/engine", "config/format", "config/picture", "lockfile"},
	"apply/engine/all":        {"apply/engine", "apply/engine/derive", "apply/engine/imaginator", "apply/engine/sketch", "config/engine"},

	"apply/engine/derive/cutout":          {},
	"apply/engine/derive/export":          {"config/diag"},
	"apply/engine/derive/export/template": {"apply/engine/derive/export", "config/diag"},
	"apply/engine/derive/raster":          {"apply/media/webp", "config/picture"},
	"apply/engine/derive/sheet":           {"apply/engine/derive/raster"},
	"apply/engine/derive/thumbhash":       {},
	"apply/engine/sketch/drawing":         {"apply/media/webp", "config/picture"},
	"config/address":                      {},
	"config/format":                       {},
	"config/functions":                    {"config/diag", "config/pathname", "config/sensitive", "config/syntax", "config/worktree"},
	"config/engine":                       {"config/address", "config/diag"},
	"config/evaluation":                   {"config/address", "config/diag", "config/explain", "config/functions", "config/sensitive"},
	"config/origin":                       {},
	"config/picture":                      {"config/format"},
	"config/pathname":                     {"config/diag", "config/format"},
	"config/sensitive":                    {"config/diag", "config/explain"},
	"config/explain":                      {"config/diag"},
	"config/syntax":                       {"config/diag", "config/explain", "config/worktree"},
	"config/worktree":                     {"config/diag", "config/pathname"},
}

// suites are what drivers and remotes are held to by tests.
var suites = []string{"apply/engine/enginetest", "apply/remote/remotetest"}

// TestImports holds who imports whom.
func TestImports(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Module", "assetform")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
			Module     *struct{ Path string }
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if p.Module == nil || p.Module.Path != "assetform" {
			continue
		}
		name := strings.TrimPrefix(p.ImportPath, "assetform/")
		seen[name] = true
		if name == "assetform" || name == "apply/cli" {
			continue
		}
		for _, imported := range p.Imports {
			if ours, ok := strings.CutPrefix(imported, "assetform/"); ok && !allowed(name, ours) {
				t.Errorf("%s imports %s", name, ours)
			}
		}
	}
	for _, suite := range suites {
		if seen[suite] {
			t.Errorf("%s is for tests, and a package of the program imports it", suite)
		}
	}
	for name := range mayImport {
		if !seen[name] {
			t.Errorf("%s is no package of the program", name)
		}
	}
}

// allowed looks at the rules of the package, or of the nearest one above it.
func allowed(name, imported string) bool {
	for at := name; ; {
		if list, ok := mayImport[at]; ok {
			return slices.ContainsFunc(list, func(rule string) bool {
				base, deep := strings.CutSuffix(rule, "/...")
				return imported == base || deep && strings.HasPrefix(imported, base+"/")
			})
		}
		slash := strings.LastIndexByte(at, '/')
		if slash < 0 {
			return false
		}
		at = at[:slash]
	}
}

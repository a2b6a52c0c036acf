package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOnePackageOpensTheDataDirectory holds that nobody but lockfile/datadir
// has a path that leads into the data directory: what Shown returns is for
// messages, and the directory's name stands where it is found and where it is
// kept from being an output, an input or a file of the repository.
func TestOnePackageOpensTheDataDirectory(t *testing.T) {
	t.Parallel()
	mayName := map[string]bool{
		"apply/cli/data.go": true, "apply/cli/init.go": true, "config/pathname/resolve.go": true, "plan/scan.go": true,
		"lockfile/datadir/dir.go": true, "examples/bench/project.go": true,
	}
	root := filepath.Join("..", "..")
	shown := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, name)
		rel = filepath.ToSlash(rel)
		if err != nil || d.IsDir() || !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") {
			return err
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), rel, src, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if text := strings.Trim(n.Value, "\"`"); (text == ".assetform" || text == "ASSETFORM_DATA_DIR") && !mayName[rel] {
					t.Errorf("%s names the data directory", rel)
				}
			case *ast.CallExpr:
				if rel == "lockfile/datadir/dir.go" || !opens(n) {
					return true
				}
				for _, arg := range n.Args {
					ast.Inspect(arg, func(n ast.Node) bool {
						if selector, ok := n.(*ast.SelectorExpr); ok && (selector.Sel.Name == "Shown" || selector.Sel.Name == "shown") {
							t.Errorf("%s makes a path of what is only shown", rel)
						}
						return true
					})
				}
			case *ast.SelectorExpr:
				if n.Sel.Name == "Shown" {
					shown++
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if shown == 0 {
		t.Error("the method that the test looks for is called nowhere")
	}
}

// opens tells calls that open, change or join paths.
func opens(call *ast.CallExpr) bool {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := selector.X.(*ast.Ident)
	return ok && (pkg.Name == "os" || pkg.Name == "filepath" || pkg.Name == "path" || pkg.Name == "atomicfile")
}

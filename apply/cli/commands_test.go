package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// commandIn finds commands in a text: between quotes, or to the end of a line
// where a colon or blanks announce one; and flags that are to be added to one.
var commandIn = regexp.MustCompile(`"(?:git|assetform) [^"\n]*|(?:run: |with: |\n  )(?:git|assetform) [^\n]*|--(?:overwrite-adopted|unprotect|replace|exclude) %[sqv]`)

// verbIn finds what fmt puts an argument in the place of.
var verbIn = regexp.MustCompile(`%(\.[0-9]+)?[a-z]`)

// quoting are the functions whose result is a word, or words, of a shell's
// command.
var quoting = map[string]bool{"ShellWord": true, "LFSPattern": true, "word": true, "attachArgs": true}

// TestCommandsAreQuoted: what people are told to run is copied into a shell, and
// names of assets and files come from repositories. So each argument of a text
// that stands in a command went through what quotes it.
func TestCommandsAreQuoted(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	texts := []string{"apply", "config", "lockfile", "plan"}
	seen := 0
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && filepath.Dir(p) == root && !slices.Contains(texts, d.Name()):
			return filepath.SkipDir
		case d.IsDir() || filepath.Dir(p) == root || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, p, nil, 0)
		if err != nil {
			return err
		}
		quoted := assignedQuoted(file)
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			for i, arg := range call.Args {
				text, ok := textOf(arg)
				if !ok || !commandIn.MatchString(text) {
					continue
				}
				for at, verb := range verbIn.FindAllStringIndex(strings.ReplaceAll(text, "%%", "  "), -1) {
					inside := false
					for _, c := range commandIn.FindAllStringIndex(text, -1) {
						inside = inside || c[0] <= verb[0] && verb[1] <= c[1]
					}
					if !inside || i+1+at >= len(call.Args) || text[verb[1]-1] == 'd' || text[verb[0]+1] == '.' { // numbers and commits
						continue
					}
					if seen++; !isQuoted(call.Args[i+1+at], quoted) {
						t.Errorf("%s: argument %d of %q stands in a command and is not quoted for a shell", files.Position(arg.Pos()), at+1, text)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Errorf("only %d arguments of commands were found", seen)
	}
}

// textOf is a text that stands in the source, in one piece or several.
func textOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, e.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		a, ok := textOf(e.X)
		b, also := textOf(e.Y)
		return a + b, ok && also
	}
	return "", false
}

// assignedQuoted are the variables of a file that hold what was quoted.
func assignedQuoted(file *ast.File) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == len(a.Rhs) {
			for i := range a.Lhs {
				if id, ok := a.Lhs[i].(*ast.Ident); ok && isQuoted(a.Rhs[i], nil) {
					names[id.Name] = true
				}
			}
		}
		return true
	})
	return names
}

// isQuoted tells that an expression holds a call of what quotes, or a name of
// this program's own.
func isQuoted(e ast.Expr, names map[string]bool) bool {
	if id, ok := e.(*ast.Ident); ok {
		return names[id.Name]
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			switch f := n.Fun.(type) {
			case *ast.Ident:
				found = found || quoting[f.Name]
			case *ast.SelectorExpr:
				found = found || quoting[f.Sel.Name]
			}
		case *ast.SelectorExpr:
			found = found || n.Sel.Name == "Filename"
		}
		return true
	})
	return found
}

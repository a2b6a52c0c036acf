// Package examples holds the projects that `assetform init --example` copies.
// The directories beside this file are the projects as a user would have
// them.
package examples

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// Only what a person wrote is embedded, not what an apply left beside it.
//
//go:embed game/README.md game/main.asset.hcl game/finished.asset.hcl game/provider.asset.hcl game/data
//go:embed game/page/.gitignore game/page/package.json game/page/index.html game/page/style.css game/page/game.js
//go:embed web/README.md web/main.asset.hcl web/finished.asset.hcl web/site.yaml web/modules
//go:embed web/page.html.tmpl web/public/style.css
var projects embed.FS

// Names are the examples that can be copied.
var Names = []string{"game", "web"}

// pictures are those of a README that stand outside of its example.
var pictures = regexp.MustCompile(`(?m)^!\[[^\]]*\]\(\.\./[^)]*\)\n\n`)

// Files returns an example's files by path. What its README shows of examples/docs
// is left out of that: a copy has no such folder beside it.
func Files(name string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(projects, name, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := projects.ReadFile(p)
		if path.Base(p) == "README.md" {
			b = pictures.ReplaceAll(b, nil)
		}
		files[strings.TrimPrefix(p, name+"/")] = b
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read example %q: %w", name, err)
	}
	return files, nil
}

// Package examples holds the projects that `assetform init --example` copies.
// The directories beside this file are the projects as a user would have
// them.
package examples

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

// Only what a person wrote is embedded, not what an apply left beside it.
//
//go:embed game/README.md game/main.asset.hcl game/data
//go:embed web/README.md web/main.asset.hcl web/site.yaml web/modules
var projects embed.FS

// Names are the examples that can be copied.
var Names = []string{"game", "web"}

// Files returns an example's files by path.
func Files(name string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(projects, name, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := projects.ReadFile(p)
		files[strings.TrimPrefix(p, name+"/")] = b
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read example %q: %w", name, err)
	}
	return files, nil
}

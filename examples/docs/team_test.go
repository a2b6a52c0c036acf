package docs_test

import (
	"os"
	"strings"
	"testing"
)

// TestTeamCommands holds that the commands of team.md and remote.md are run by a
// script as they are written.
func TestTeamCommands(t *testing.T) {
	t.Parallel()
	var pages []byte
	for _, name := range []string{"team.md", "remote.md"} {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page...)
	}
	script, err := os.ReadFile("../testdata/script/remote_team.txtar")
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	for _, m := range fenced.FindAllStringSubmatch(string(pages), -1) {
		for line := range strings.Lines(m[2]) {
			if line = strings.TrimSpace(line); m[1] != "sh" || !strings.HasPrefix(line, "assetform ") {
				continue
			}
			if commands++; !strings.Contains(string(script), " "+line+"\n") {
				t.Errorf("nobody runs %q", line)
			}
		}
	}
	if commands < 8 {
		t.Errorf("only %d commands were found", commands)
	}
}

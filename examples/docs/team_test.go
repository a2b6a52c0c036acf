package docs_test

import (
	"os"
	"strings"
	"testing"
)

// TestTeamCommands holds that the commands of team.md are run by a script as they
// are written.
func TestTeamCommands(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("team.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("../testdata/script/remote_team.txtar")
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	for _, m := range fenced.FindAllStringSubmatch(string(page), -1) {
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

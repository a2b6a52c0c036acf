package cli

import (
	"strings"
	"testing"

	"assetform/lockfile"
)

func TestTextOfEntriesIsPrintable(t *testing.T) {
	t.Parallel()
	text := entryText("image.a[\"k\u202e\"]", lockfile.Entry{Output: "a\u202e.png", TaskID: "\x1b[31m"})
	if strings.ContainsAny(text, "\u202e\x1b") {
		t.Errorf("characters that steer a terminal reach it: %q", text)
	}
}

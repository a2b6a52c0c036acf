package worktree

import (
	"strings"
	"testing"
)

func TestParsePointer(t *testing.T) {
	t.Parallel()
	good := "version https://git-lfs.github.com/spec/v1\noid sha256:" + strings.Repeat("ab", 32) + "\nsize 12\n"
	for text, want := range map[string]bool{
		good:                                   true,
		strings.ReplaceAll(good, "\n", "\r\n"): true,
		strings.Replace(good, "\noid", "\next-0-foo sha256:00\noid", 1): true,
		strings.Replace(good, "sha256:ab", "sha256:xx", 1):              false,
		strings.Replace(good, "size 12", "size -1", 1):                  false,
		strings.Replace(good, "size 12\n", "", 1):                       false,
		"version 1\n" + good:                                            false,
		good + strings.Repeat(" ", 1024):                                false,
		"":                                                              false,
	} {
		if _, _, ok := ParsePointer([]byte(text)); ok != want {
			t.Errorf("ParsePointer(%q) = %v, want %v", text, ok, want)
		}
	}
}

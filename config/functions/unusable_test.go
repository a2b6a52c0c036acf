package functions

import (
	"strings"
	"testing"
)

// TestUnusable: what git leaves in the place of a file's content is no text.
func TestUnusable(t *testing.T) {
	t.Parallel()
	const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
	if err := notPulled([]byte(pointer)); err == nil || !strings.Contains(err.Error(), "git lfs pull") {
		t.Error(err)
	}
	for _, text := range []string{"", "a prompt", pointer + "more\n", "about " + pointer} {
		if err := notPulled([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := asMergedText([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := asMergedText([]byte(pointer)); err == nil {
		t.Error("a pointer is taken for a text")
	}
	if _, err := asBase64([]byte(pointer)); err == nil {
		t.Error("a pointer is taken for a file")
	}
	if _, err := asMergedText([]byte("<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n")); err == nil {
		t.Error("both sides of a conflict are taken for a text")
	}
}

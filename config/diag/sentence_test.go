package diag

import (
	"errors"
	"testing"
)

// TestSentence: a sentence begins with a capital letter, but no name gets one.
func TestSentence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"read it": "Read it.", "what?": "What?", "é is it": "É is it.",
		"assetform.lock.json:1:1: cut short": "assetform.lock.json:1:1: cut short.",
		"image.a: not there":                 "image.a: not there.",
		"art/a.png is gone":                  "art/a.png is gone.",
		"unpack: it failed":                  "Unpack: it failed.",
	} {
		if got := Sentence(errors.New(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

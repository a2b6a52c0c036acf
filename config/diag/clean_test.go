package diag

import (
	"encoding/json"
	"testing"
)

// What is not seen is shown, what a terminal would act on too, and what belongs
// to letters and emoji stays.
func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\u200bb":             "a\\u200bb",
		"a\u00adb":             "a\\u00adb",
		"a\u3164\u2800b":       "a\\u3164\\u2800b",
		"a\U000e0041b":         "a\\U000e0041b",
		"a\u202eb\x1b[31m\x9b": `a\u202eb\x1b[31m\x9b`,
		"a\u2028b\rc":          `a\u2028b\rc`,
		"a\tb\nc\r\n":          "a\tb\nc\r\n",
		"\U0001f469\u200d\U0001f680 \u2764\ufe0f": "\U0001f469\u200d\U0001f680 \u2764\ufe0f",
		"Grüße, 漢字, नमस्ते":                       "Grüße, 漢字, नमस्ते",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
		var back string
		b, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		shown := EscapeJSON(string(b))
		if err := json.Unmarshal([]byte(shown), &back); err != nil || back != string([]rune(in)) {
			t.Errorf("EscapeJSON(%q) = %s, which means %q, error %v", in, shown, back, err)
		}
		if again := Clean(shown); again != shown {
			t.Errorf("EscapeJSON(%q) leaves what is not seen: %q", in, shown)
		}
	}
}

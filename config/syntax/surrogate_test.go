package syntax

import (
	"strings"
	"testing"
)

func TestLoneSurrogate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		``: -1, `"a"`: -1, `"\ud83d\udc09"`: -1, `"\uD83D\uDC09\u0041"`: -1, `"\\ud83d"`: -1, `"\\\\ud83d \"\n"`: -1, `\`: -1, `"\ud8`: -1,
		`"\ud83d"`: 1, `"x\udc09\ud83d"`: 2, `"\ud83d\u0041"`: 1, `"\ud83d\ud83d\udc09"`: 1, `"\\\ud83d"`: 3, `"\ud83d\udc09\udc09"`: 13, `"\ud83d\`: 1,
	} {
		if got := LoneSurrogate([]byte(text)); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

// TestUnreadableSource: what is no source is said alike by whoever reads it.
func TestUnreadableSource(t *testing.T) {
	t.Parallel()
	const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
	for _, test := range []struct{ src, want string }{
		{"\xff\xfel\x00", "File in UTF-16"}, {"\xff\xfe\x00\x00l\x00\x00\x00", "File in UTF-32"}, {"l\x00o\x00", "File in UTF-16"},
		{"\x00l\x00o", "File in UTF-16"}, {"a = \"\x00\"", "File is no text"}, {"a = \"\xff\"", "Invalid UTF-8 in file"}, {pointer, "File is with Git LFS"},
		{`a = "\ud83d\udc09"`, `Write the pair as \U0001F409`}, {`a = "\ud83d"`, "Write the character itself"},
	} {
		_, parsed := Parse("x.hcl", []byte(test.src), false)
		_, formatted := Format("x.hcl", []byte(test.src))
		if len(parsed) != 1 || !strings.Contains(parsed.Error(), test.want) || formatted.Error() != parsed.Error() {
			t.Errorf("%q: %v and %v", test.src, parsed, formatted)
		}
	}
	if _, diags := Parse("x.json", []byte(`{"a": "\ud83d"}`), true); !strings.Contains(diags.Error(), "Half of a character") {
		t.Error(diags)
	}
}

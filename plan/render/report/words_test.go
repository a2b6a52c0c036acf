package report

import (
	"strings"
	"testing"
)

func TestDiffWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ before, after, want string }{
		{"", "", ""},
		{"same words", "same words", "same words"},
		{"", "all new", "{+all new}"},
		{"all gone", "", "[-all gone]"},
		{"a red, round shield", "a blue, square shield", "a [-red]{+blue}, [-round]{+square} shield"},
		{"one two three", "uno dos three", "[-one two]{+uno dos} three"},
		{"城の絵", "山の絵", "[-城]{+山}の絵"},
		{"at dawn", "at dawn\nand dusk", "at dawn{+\nand dusk}"},
	} {
		var b strings.Builder
		for _, s := range diffWords(tt.before, tt.after) {
			switch {
			case s.Removed:
				b.WriteString("[-" + s.Text + "]")
			case s.Added:
				b.WriteString("{+" + s.Text + "}")
			default:
				b.WriteString(s.Text)
			}
		}
		if b.String() != tt.want {
			t.Errorf("%q to %q: got %q, want %q", tt.before, tt.after, b.String(), tt.want)
		}
	}
}

package diag

import "testing"

func TestWords(t *testing.T) {
	t.Parallel()
	for _, test := range [][2]string{
		{Suggest("promt", []string{"seed", "prompt"}), ` Did you mean "prompt"?`},
		{Suggest("ab", []string{"ac", "aa"}), ` Did you mean "aa" or "ac"?`},
		{Suggest("ab", []string{"ac", "aa", "ad", "ae"}), ""},
		{Suggest("id", []string{"ID", "if"}), ` Did you mean "ID"?`},
		{Suggest("x", []string{"y"}), ""},
		{Suggest("foo", []string{"log", "pow", "floor"}), ""},
		{Suggest("lenght", []string{"length", "keys"}), ` Did you mean "length"?`},
		{Suggest("hero", []string{"villain"}), ""},
		{Count(0, "asset"), "0 assets"},
		{Count(1, "asset"), "1 asset"},
		{Count(1_234_567, "asset"), "1,234,567 assets"},
		{Number(-123), "-123"},
		{Quoted([]string{"a"}, "or"), `"a"`},
		{Quoted([]string{"a", "b", "c"}, "or"), `"a", "b" or "c"`},
		{ShellWord("image.hero"), "image.hero"},
		{ShellWord("art/ä b;$(x).png"), "'art/ä b;$(x).png'"},
		{ShellWord("a\tb"), "'a\tb'"},
		{ShellWord(""), "''"},
		{LFSPattern("art/x;touch OWNED;.png"), "'art/x;touch?OWNED;.png'"},
		{LFSPattern("art/[1],*.png"), "'art/?1???.png'"},
		{LFSPattern("art/boss.png"), "art/boss.png"},
		{ShellWord(`image.hero["it's"]`), `'image.hero["it'\''s"]'`},
	} {
		if test[0] != test[1] {
			t.Errorf("got %q, want %q", test[0], test[1])
		}
	}
}

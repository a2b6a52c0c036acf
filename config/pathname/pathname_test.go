package pathname

import (
	"strings"
	"testing"
)

// What an output may be called, from the directory "game/ui" of a project.
func TestOutput(t *testing.T) {
	t.Parallel()
	tests := []struct {
		path, kind string
		want       string // of the path, or
		problem    string // part of the error
	}{
		{"art/a.png", "image", "game/ui/art/a.png", ""},
		{"../../a.jpeg", "image", "a.jpeg", ""},
		{"a.webm", "video", "game/ui/a.webm", ""},
		{"a.tar.webp", "image", "game/ui/a.tar.webp", ""},
		{"../../../a.png", "image", "", "leads out"},
		{"../../../ui/a.png", "image", "", "leads out"},
		{"/a.png", "image", "", "absolute"},
		{"a.go", "image", "", `end in ".png", ".jpg", ".jpeg" or ".webp"`},
		{"a.mp4", "image", "", "image outputs"},
		{"a.png", "video", "", `end in ".mp4" or ".webm"`},
		{"a.PNG", "image", "", "end in"},
		{"a", "image", "", "end in"},
		{".png", "image", "game/ui/.png", ""},
		{"art/", "image", "", "end in"},
		{"../../.git/a.png", "image", "", "into .git"},
		{"sub/.GIT/a.png", "image", "", "into .git"},
		{"GIT~1/a.png", "image", "", "into .git"},
		{".g\u200cit/a.png", "image", "", "into .git"},
		{".assetform/blobs/a.png", "image", "", "into .assetform"},
		{".AssetForm/a.png", "image", "", "into .assetform"},
		{"art\\a.png", "image", "", "backslash"},
		{"c:a.png", "image", "", `":"`},
		{"a.png:x.png", "image", "", `":"`},
		{"a\n.png", "image", "", "control"},
		{"a\u202egnp.png", "image", "", "U+202E"},
		{"nul.png", "image", "", "device"},
		{"Com¹.png", "image", "", "device"},
		{"lpt9 .x/a.png", "image", "", "device"},
		{"com.png", "image", "game/ui/com.png", ""},
		{"com10.png", "image", "game/ui/com10.png", ""},
		{"art./a.png", "image", "", "dot or blank"},
		{"Assetform.lock.JSON/a.png", "image", "", "lock"},
		{"a.gif", "image", "", "end in"},
		{"a.gif", "variant", "game/ui/a.gif", ""},
		{"a.ico", "variant", "game/ui/a.ico", ""},
		{"a.ico", "atlas", "", `end in ".png", ".jpg", ".jpeg" or ".webp"`},
		{"a.mp4", "variant", "", "variant outputs"},
		{"src/assets.gen.ts", "export", "game/ui/src/assets.gen.ts", ""},
		{"_sprites.css", "export", "game/ui/_sprites.css", ""},
		{".assets.json", "export", "", "begins with a dot"},
		{".github/workflows/x.yml", "export", "", "begins with a dot"},
		{"../.vscode/tasks.json", "export", "", "begins with a dot"},
		{"../x.sh", "export", "game/x.sh", ""},
		{"web/Package.json", "export", "", "programs run"},
		{"vite.config.ts", "export", "", "programs run"},
		{"sprites.config.json", "export", "game/ui/sprites.config.json", ""},
		{"assets", "export", "", "are texts"},
		{"assets.", "export", "", "dot or blank"},
		{"a.PNG", "export", "", "none of a picture"},
		{"a.webm", "export", "", "none of a picture"},
		{"x.Asset.json", "export", "", "as configuration"},
		{"assetform.auto.vars.hcl", "export", "", "as configuration"},
		{"assetform.lock.json", "export", "", "where the lock has to"},
		{".gitattributes", "export", "", "begins with a dot"},
		{".git/config.json", "export", "", "into .git"},
	}
	for _, test := range tests {
		got, err := Output("game/ui", test.path, test.kind)
		switch {
		case test.problem == "" && (err != nil || got != test.want):
			t.Errorf("%q: got %q and error %v, want %q", test.path, got, err, test.want)
		case test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)):
			t.Errorf("%q: got %q and error %v, want %q", test.path, got, err, test.problem)
		}
	}
}

func TestRelative(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{
		{".", "art/a.png", "art/a.png"},
		{"game", "game/art/a.png", "art/a.png"},
		{"game", "gamer/a.png", "../gamer/a.png"},
		{"game/ui", "game/a.png", "../a.png"},
		{"game/ui", "a.png", "../../a.png"},
		{"game/ui", "game/ui", ""},
		{"game/ui", "game", ".."},
	} {
		if got := Relative(test[0], test[1]); got != test[2] {
			t.Errorf("from %q to %q is %q, want %q", test[0], test[1], got, test[2])
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	tests := []struct {
		dir, path string
		want      string // or
		err       string
	}{
		{".", "a.png", "a.png", ""},
		{"ui", "a.png", "ui/a.png", ""},
		{"ui", "../a.png", "a.png", ""},
		{"ui/x", "./y//z/../a.png", "ui/x/y/a.png", ""},
		{".", ".", ".", ""},
		{".", ".gitignore", ".gitignore", ""},
		{".", "git/x", "git/x", ""},
		{".", ".github/x.png", ".github/x.png", ""},
		{".", "a.assetform", "a.assetform", ""},
		{".", "git~", "git~", ""},
		{".", "", "", "empty"},
		{".", "..", "", "leads out of the project"},
		{"ui", "../../a", "", "leads out of the project"},
		{".", "a/../../b", "", "leads out of the project"},
		{".", "/etc/passwd", "", "absolute"},
		{".", "C:/x", "", "absolute"},
		{".", "c:x", "", "absolute"},
		{".", `a\b`, "", "backslash"},
		{".", "a\x00b", "", "characters"},
		{".", "a\nb", "", "characters"},
		{".", "a\u0085b", "", "characters"},
		{".", "a\xffb", "", "characters"},
		{".", ".git", "", "into .git"},
		{".", ".git/config", "", "into .git"},
		{".", "a/.GIT/config", "", "into .git"},
		{".", ".git./x", "", "into .git"},
		{".", ".git /x", "", "into .git"},
		{".", ".git . ./x", "", "into .git"},
		{".", ".git::$INDEX_ALLOCATION/config", "", "into .git"},
		{".", ".git:stream", "", "into .git"},
		{".", "GIT~1/config", "", "into .git"},
		{".", "gi7d29~1/config", "", "into .git"},
		{".", ".g\u200cit/config", "", "into .git"},
		{".", "\ufeff.git/config", "", "into .git"},
		{".", ".gi\u202et", "", "into .git"},
		{".", ".AssetForm/store", "", "into .assetform"},
		{".", ".a\u017f\u017fetform/x", "", "into .assetform"},
		{".", ".aßetform/x", "", "into .assetform"},
		{".", "ASSETF~1/x", "", "into .assetform"},
		{"ui/.assetform", "x", "", "into .assetform"},
	}
	for _, test := range tests {
		got, err := Resolve(test.dir, test.path)
		switch {
		case test.err == "" && err != nil:
			t.Errorf("Resolve(%q, %q): %v", test.dir, test.path, err)
		case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
			t.Errorf("Resolve(%q, %q) = %q, %v; want an error with %q", test.dir, test.path, got, err, test.err)
		case got != test.want:
			t.Errorf("Resolve(%q, %q) = %q, want %q", test.dir, test.path, got, test.want)
		}
	}
}

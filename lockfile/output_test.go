package lockfile

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// lockClaiming is a lock with an entry for each output.
func lockClaiming(outputs ...string) *Lock {
	l := New()
	for i, output := range outputs {
		h := HashBytes([]byte(output))
		address := "image.asset_" + string(rune('a'+i))
		e := Entry{Output: output, Provider: "local", Method: "generate_image", Inputs: Inputs{}, InputsHash: InputsHash(h), ContentHash: h, MediaType: "image/png"}
		if strings.HasSuffix(output, ".mp4") {
			address, e.Method = "video.asset_"+string(rune('a'+i)), "generate_video"
		}
		l.Assets[address] = e
	}
	return l
}

func TestOutputsObeyTheLanguage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		dir     string
		outputs []string
		want    string // part of the detail; "": a lock
	}{
		"as they should be":       {".", []string{"art/a.png", "art/b.jpg", "v/a.mp4"}, ""},
		"source code":             {".", []string{"src/main.go"}, "end in"},
		"the configuration":       {".", []string{"main.asset.hcl"}, "end in"},
		"the lock":                {".", []string{"assetform.lock.json"}, "lock"},
		"git's own":               {".", []string{".git/refs/heads/a.png"}, ".git"},
		"git's own in any case":   {".", []string{"sub/.GIT/a.png"}, ".git"},
		"a submodule's own":       {"game", []string{"../vendor/.git/a.png"}, ".git"},
		"the store":               {".", []string{".assetform/store/a.png"}, ".assetform"},
		"above the root":          {".", []string{"../a.png"}, "leads out"},
		"above the root from sub": {"game", []string{"../../a.png"}, "leads out"},
		"beside the directory":    {"game", []string{"../shared/a.png"}, ""},
		"there and back":          {"game", []string{"../game/a.png"}, `"a.png"`},
		"a device":                {".", []string{"art/nul.png"}, "device"},
		"one path twice":          {".", []string{"art/a.png", "art/a.png"}, ""},
		"one path in two cases":   {".", []string{"art/A.png", "art/a.png"}, "same file"},
		"one path in two forms":   {".", []string{"art/\u00e9.png", "art/e\u0301.png"}, "same file"},
		"a file as directory":     {".", []string{"art/a.png", "art/a.png/b.png"}, "cannot be a directory"},
		"deep below a file":       {".", []string{"art/A.png", "art/a.png/b/c/d.png"}, "cannot be a directory"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := lockClaiming(test.outputs...)
			got, err := Parse("x", test.dir, l.Encode())
			if test.want == "" {
				if err != nil || !got.Equal(l) || got.Dir != test.dir {
					t.Errorf("got %+v and error %v", got, err)
				}
				return
			}
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || !strings.Contains(syntax.Detail, test.want) {
				t.Fatalf("got error %v, want %q", err, test.want)
			}
			last := test.outputs[len(test.outputs)-1]
			if line := strings.Split(string(l.Encode()), "\n")[syntax.Line-1]; len(test.outputs) == 1 && !strings.Contains(line, last) {
				t.Errorf("the error points at line %d: %s", syntax.Line, line)
			}
			l.Dir = test.dir
			if err := Save(filepath.Join(t.TempDir(), Filename), l); err == nil {
				t.Error("it is written")
			}
		})
	}
}

// An entry's kind says what its file may be.
func TestOutputOfAnotherKind(t *testing.T) {
	t.Parallel()
	text := strings.Replace(sample, `"art/knight.png"`, `"art/knight.mp4"`, 1)
	if _, err := Parse("x", ".", []byte(text)); err == nil || !strings.Contains(err.Error(), "image outputs end in") {
		t.Errorf("got error %v", err)
	}
}

package drawing

import (
	"strings"
	"testing"
)

func TestEverySpriteDraws(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]string{sprites, icons, signs} {
		for name, text := range table {
			shapes := shapesOf(name)
			if want := len(strings.Split(strings.TrimSpace(text), "\n")); len(shapes) != want {
				t.Errorf("%s: %d parts of %d lines", name, len(shapes), want)
			}
			for i, sh := range shapes {
				if _, ok := fixedTones[sh.tone]; !ok && strings.IndexByte("abnu", sh.tone) < 0 {
					t.Errorf("%s: part %d has no known tone: %c", name, i, sh.tone)
				}
				if len(sh.p.pts) < 3 {
					t.Errorf("%s: part %d has %d points", name, i, len(sh.p.pts))
				}
				for _, p := range sh.p.pts {
					if p.x < -12000 || p.x > 112000 || p.y < -12000 || p.y > 112000 {
						t.Errorf("%s: part %d reaches %d, %d", name, i, p.x, p.y)
					}
				}
			}
		}
	}
}

func TestVocabulary(t *testing.T) {
	t.Parallel()
	for word, sprite := range casting() {
		if shapesOf(sprite) == nil {
			t.Errorf("%q is played by %q, which has no drawing", word, sprite)
		}
	}
	for name := range objects() {
		if icons[name]+signs[name] == "" {
			t.Errorf("object %q has no icon", name)
		}
	}
	for _, table := range []map[string]string{icons, signs} {
		for name := range table {
			if !objects()[name] {
				t.Errorf("icon %q is no object", name)
			}
		}
	}
	for word, sign := range emblems() {
		if shapesOf(sign) == nil {
			t.Errorf("%q is shown by %q, which has no drawing", word, sign)
		}
	}
	for name := range sprites {
		if homes[name] == nowhere && name != "figure" {
			t.Errorf("%q has no home", name)
		}
	}
}

// TestWordsMeanOneThing: the tables are turned round from Go maps, so a word
// listed under two meanings of one table would change between runs.
func TestWordsMeanOneThing(t *testing.T) {
	t.Parallel()
	check(t, placeWords())
	check(t, hourWords())
	check(t, weatherWords())
	check(t, styleWords())
	check(t, castWords())
	check(t, emblemWords())
	check(t, landmarkWords())
}

func check[T comparable](t *testing.T, m map[T]string) {
	t.Helper()
	seen := map[string]T{}
	for meaning, words := range m {
		for w := range strings.FieldsSeq(words) {
			if other, ok := seen[w]; ok && other != meaning {
				t.Errorf("%q means both %v and %v", w, other, meaning)
			}
			seen[w] = meaning
		}
	}
}

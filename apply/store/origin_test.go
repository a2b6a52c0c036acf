package store

import (
	"testing"

	"assetform/lockfile"
)

func TestOrigin(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	in := inputsHash("knight")
	e := entry(put(t, s, "one"), 3)
	want := func(when, origin string, delivered lockfile.ContentHash) {
		t.Helper()
		if got := s.Origin(in, delivered); got != origin {
			t.Errorf("%s: the origin is %q, expected %q", when, got, origin)
		}
	}
	want("before there is a result", "", e.ContentHash)
	if err := s.PutPaid(in, e, "https://api.test"); err != nil {
		t.Fatal(err)
	}
	want("a paid result", "https://api.test", e.ContentHash)
	want("another content", "", lockfile.HashBytes([]byte("two")))
	if err := s.SetPick(in, "image.knight", 2); err != nil {
		t.Fatal(err)
	}
	want("after a pick", "https://api.test", e.ContentHash)
	converted := e
	converted.ContentHash, converted.SourceHash = put(t, s, "converted"), e.ContentHash
	if err := s.PutResult(in, converted); err != nil {
		t.Fatal(err)
	}
	want("what was converted from it", "https://api.test", e.ContentHash)
	other := entry(put(t, s, "two"), 3)
	if err := s.PutResult(in, other); err != nil {
		t.Fatal(err)
	}
	want("a result of which nothing is known", "", other.ContentHash)
}

package remote

import (
	"bytes"
	"testing"
)

func TestHasResult(t *testing.T) {
	t.Parallel()
	place := &memory{files: map[string][]byte{}}
	m := newMachine(t, place)
	content, e := picture(t, 2, "knight")
	want := func(when string, is bool) {
		t.Helper()
		if has, err := m.HasResult(t.Context(), &e); has != is || err != nil {
			t.Errorf("%s: a record %v, error %v", when, has, err)
		}
	}
	want("before anything was uploaded", false)
	m.share(t, content, e)
	want("uploaded", true)
	if n := m.Counts().Records; n != 1 {
		t.Errorf("%d records were counted, expected 1", n)
	}
	if err := m.Upload(t.Context(), m.store, upload(e)); err != nil || m.Counts().Records != 1 {
		t.Errorf("a record that stands was counted as written: %d, error %v", m.Counts().Records, err)
	}
	damaged := []byte("{}")
	if err := place.Put(t.Context(), resultName(e.InputsHash), bytes.NewReader(damaged), int64(len(damaged))); err != nil {
		t.Fatal(err)
	}
	want("damaged", false)
	if err := m.Upload(t.Context(), m.store, upload(e)); err != nil || m.Counts().Records != 2 {
		t.Errorf("a damaged record was not written over: %d, error %v", m.Counts().Records, err)
	}
	want("written over", true)
}

package cli

import (
	"strings"
	"testing"

	"assetform/apply/journal"
	"assetform/apply/store"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// The list says of a refused result what it is and where it lies: it was paid
// for, and a person may be able to use it.
func TestRefusedLine(t *testing.T) {
	t.Parallel()
	st, err := store.Open(datadir.Open(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{
		"GIF89a\x00":                       "a GIF image",
		"\x00\x00\x00\x10ftypavif\x00\x00": "an AVIF image",
		"\x89PNG\r\n\x1a\n":                "image/png",
	} {
		p, err := st.Create()
		if err != nil {
			t.Fatal(err)
		}
		p.Write([]byte(body))
		h, _, err := p.Commit()
		if err != nil {
			t.Fatal(err)
		}
		in := &journal.Intent{}
		in.Content = h
		line := refusedLine(st, in)
		if !strings.Contains(line, "refused for") || !strings.Contains(line, want+", ") || !strings.Contains(line, st.Path(h)) {
			t.Errorf("%q: %s", body, line)
		}
		if blobs, _ := kept(engine.Registry{}, &lockfile.Lock{}, []journal.Intent{{Record: journal.Record{State: journal.StateRejected, Content: h}}}); !blobs[h] {
			t.Errorf("%q would be pruned", body)
		}
	}
	if line := refusedLine(st, &journal.Intent{}); !strings.Contains(line, "is missing") {
		t.Errorf("without its file: %s", line)
	}
}

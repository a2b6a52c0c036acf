package plan

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config"
	"assetform/config/address"
	"assetform/lockfile"

	"github.com/google/go-cmp/cmp"
)

// world is a project on disk with a lock, a store and a journal that exist
// only as data.
type world struct {
	t         *testing.T
	dir       string
	lock      *lockfile.Lock
	blobs     map[lockfile.ContentHash]bool
	results   map[lockfile.InputsHash]lockfile.Entry
	paid      map[lockfile.InputsHash]bool
	requested map[address.Address]map[lockfile.InputsHash]Request
	opts      Options
	provider  string          // "local": placeholders are planned
	strange   map[string]bool // paths of which git does not show that they are ours

	adoptedBy func(address.Address, lockfile.InputsHash) (lockfile.Entry, bool)
	handMade  func(lockfile.ContentHash) bool
	generated func(path string) bool
}

func newWorld(t *testing.T, src string) *world {
	t.Helper()
	w := &world{
		t: t, dir: t.TempDir(), lock: lockfile.New(),
		blobs:     map[lockfile.ContentHash]bool{},
		results:   map[lockfile.InputsHash]lockfile.Entry{},
		paid:      map[lockfile.InputsHash]bool{},
		requested: map[address.Address]map[lockfile.InputsHash]Request{},
	}
	w.config(src)
	return w
}

func (w *world) config(src string) { w.write("main.asset.hcl", []byte(src)) }

// edit replaces a text of the configuration.
func (w *world) edit(old, new string) {
	w.t.Helper()
	name := filepath.Join(w.dir, "main.asset.hcl")
	b, err := os.ReadFile(name)
	if err != nil || !bytes.Contains(b, []byte(old)) {
		w.t.Fatalf("there is no %q to edit: %v", old, err)
	}
	w.config(strings.ReplaceAll(string(b), old, new))
}

func (w *world) write(name string, b []byte) {
	w.t.Helper()
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o666); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) remove(name string) {
	w.t.Helper()
	if err := os.Remove(filepath.Join(w.dir, filepath.FromSlash(name))); err != nil {
		w.t.Fatal(err)
	}
}

// picture is a small PNG whose pixels depend on the seed.
func picture(seed byte) []byte {
	im := image.NewGray(image.Rect(0, 0, 2, 2))
	im.SetGray(0, 0, color.Gray{Y: seed})
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (w *world) project() *config.Project {
	w.t.Helper()
	p, diags := config.Load(config.Options{Engines: all.Registry(), Dir: w.dir, ToolVersion: "0.1.0", Provider: w.provider})
	if diags.HasErrors() {
		w.t.Fatalf("load: %s", diags.Error())
	}
	return p
}

func (w *world) plan() *Plan {
	w.t.Helper()
	p := w.project()
	files, err := Scan(p, w.lock, ScanOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	return Build(p, w.lock, Snapshot{
		Files: files,
		Stored: func(h lockfile.InputsHash) (lockfile.Entry, bool) {
			e, ok := w.results[h]
			return e, ok && w.blobs[e.ContentHash]
		},
		HasBlob:   func(h lockfile.ContentHash) bool { return w.blobs[h] },
		Committed: w.committed,
		Adopted:   w.adoptedBy,
		HandMade:  w.handMade,
		Generated: w.generated,
		Paid:      w.paid,
		Requested: w.requested,
	}, w.opts)
}

func (w *world) committed(claims []Claim) (map[Claim]Evidence, string) {
	ours := map[Claim]Evidence{}
	for _, c := range claims {
		ours[c] = Evidence{Ours: !w.strange[c.Path]}
	}
	return ours, ""
}

// apply makes lock and files what an apply of the whole configuration would
// leave. content gives the bytes of an asset; nil: a text that names it.
func (w *world) apply(content func(c *Change) []byte) *world {
	w.t.Helper()
	for range 10 {
		p := w.plan()
		if !p.HasChanges() {
			return w
		}
		for _, c := range p.Changes {
			w.applyChange(c, content)
		}
	}
	w.t.Fatal("the plan does not come to rest")
	return nil
}

func (w *world) applyChange(c *Change, content func(c *Change) []byte) {
	if !c.Action.Generates() || c.InputsHash.IsZero() {
		return
	}
	b := []byte("content of " + c.Address.String() + " from " + c.InputsHash.String())
	if content != nil {
		b = content(c)
	}
	w.write(c.Output, b)
	e := lockfile.Entry{
		Output: c.Output, Provider: c.Provider, Method: c.Method,
		Inputs: c.Fingerprint.Inputs(), InputsHash: c.InputsHash,
		ContentHash: lockfile.HashBytes(b), MediaType: "image/png", Bytes: int64(len(b)), Width: 2, Height: 2, Protect: c.Protect, Placeholder: c.Placeholder,
	}
	if c.Spec.Method.Kind == "video" {
		e.MediaType = "video/mp4"
	}
	w.lock.Assets[c.Address.String()] = e
}

// store puts the content of a lock entry into the store.
func (w *world) store(address string) *world {
	e := w.lock.Assets[address]
	w.blobs[e.ContentHash] = true
	w.results[e.InputsHash] = e
	return w
}

// lines writes a plan as a line for each change that is not a plain no-op.
func lines(p *Plan) string {
	var b strings.Builder
	for _, c := range p.Changes {
		if c.Action == NoOp && !c.Drifted {
			continue
		}
		fmt.Fprintf(&b, "%s %s", c.Address, c.Action)
		for _, r := range c.Reasons {
			fmt.Fprintf(&b, " %s", r)
		}
		if !c.PreviousAddress.IsZero() {
			fmt.Fprintf(&b, " from=%s", c.PreviousAddress)
		}
		if c.PreviousOutput != "" {
			fmt.Fprintf(&b, " was=%s", c.PreviousOutput)
		}
		if c.Conditional {
			b.WriteString(" conditional")
		}
		if c.Drifted {
			b.WriteString(" drifted")
		}
		if c.KeepFile {
			b.WriteString(" keepfile")
		}
		if c.Cost["image_credits"]+c.Cost["videos"] > 0 {
			fmt.Fprintf(&b, " cost=%d/%d", c.Cost["image_credits"], c.Cost["videos"])
		}
		b.WriteString("\n")
	}
	for _, r := range p.Refusals {
		fmt.Fprintf(&b, "refused %s %s\n", r.Kind, r.Address)
	}
	for _, d := range p.Diagnostics {
		if d.Severity == 1 && !refusal(p, d.Summary) {
			fmt.Fprintf(&b, "error: %s\n", d.Summary)
		}
	}
	return b.String()
}

func refusal(p *Plan, summary string) bool {
	for _, r := range p.Refusals {
		if r.Summary == summary {
			return true
		}
	}
	return false
}

func (w *world) want(want string) {
	w.t.Helper()
	if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(lines(w.plan()))); diff != "" {
		w.t.Errorf("plan (-want +got):\n%s", diff)
	}
}

package apply

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/apply/remote"
	"assetform/apply/remote/file"
	"assetform/plan"
)

// shared gives an apply a remote in a directory.
func (p *project) shared(dir string) func(*Options) {
	return p.sharedAt(func(context.Context) (remote.Files, error) { return file.Open(dir) })
}

// sharedAt gives an apply a remote.
func (p *project) sharedAt(open func(context.Context) (remote.Files, error)) func(*Options) {
	return func(o *Options) {
		o.Remote = remote.New(remote.Options{Open: open, Shown: "the remote", Engines: all.Registry(), Data: p.data()})
	}
}

// sharedDir is an empty remote.
func sharedDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "v1"), 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

func sharedProject(url string) string {
	return "provider \"imaginator\" {\n  base_url = \"" + url + "\"\n}\n" + asset("first", "F", "f.png") + asset("alone", "A", "a.webp") +
		"image \"last\" {\n  prompt = \"L\"\n  references = [image.first]\n  output = \"l.jpg\"\n}\n"
}

// TestCrashLeavesResultsForOthers ends an apply at a step. After the next one on
// that machine another machine, which has nothing, pays for nothing.
func TestCrashLeavesResultsForOthers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts many processes")
	}
	stride := int64(1)
	if os.Getenv("ASSETFORM_LONG") == "" {
		stride = 3
	}
	for step := int64(1); ; step += stride {
		api := newFakeAPI()
		api.idempotent = true
		url, dir := api.serve(t), sharedDir(t)
		one := newProject(t, api, sharedProject(url))
		out, _ := crash(t, one, url, step, crashShared+"=file:///"+strings.TrimPrefix(filepath.ToSlash(dir), "/"))
		if !strings.HasPrefix(out, "steps") {
			one.apply(over(url), one.shared(dir)).wantCode(t, ExitDone)
		}
		if paid := api.paid(); paid != 3 {
			t.Fatalf("step %d (%s): paid for %d", step, strings.TrimSpace(out), paid)
		}
		two := newProject(t, api, sharedProject(url))
		got := two.apply(over(url), two.shared(dir))
		if got.ExitCode != ExitDone || api.paid() != 3 || got.Done[plan.Restore] != 0 && got.Done[plan.Create] != 0 {
			t.Fatalf("step %d (%s): exit %d, paid for %d\n%s", step, strings.TrimSpace(out), got.ExitCode, api.paid(), got.text())
		}
		for _, name := range []string{"f.png", "a.webp", "l.jpg"} {
			if two.read(name) == "" || two.read(name) != one.read(name) {
				t.Fatalf("step %d: %s is another", step, name)
			}
		}
		if strings.HasPrefix(out, "steps") {
			if step < 15 {
				t.Errorf("only %d steps", step)
			}
			return
		}
	}
}

// TestNothingIsAskedForNothing has a remote that nobody may open: an apply that
// changes nothing, or makes what costs nothing, has no use for it.
func TestNothingIsAskedForNothing(t *testing.T) {
	t.Parallel()
	p := newProject(t, newFakeAPI(), paidProvider+asset("a", "A", "a.png"))
	p.apply().wantCode(t, ExitDone)
	untouched := func(o *Options) {
		o.Remote = remote.New(remote.Options{Shown: "nowhere", Engines: all.Registry(), Data: p.data(), Open: func(context.Context) (remote.Files, error) {
			t.Error("the remote was opened")
			return nil, errors.New("nobody may")
		}})
	}
	p.apply(untouched).wantCode(t, ExitDone)
	if err := os.Remove(p.path("a.png")); err != nil {
		t.Fatal(err)
	}
	readOnly := func(o *Options) {
		untouched(o)
		o.Remote = remote.New(remote.Options{Shown: "nowhere", ReadOnly: true, Engines: all.Registry(), Data: p.data(), Open: func(context.Context) (remote.Files, error) {
			t.Error("the remote was opened to restore what the store has")
			return nil, errors.New("nobody may")
		}})
	}
	p.apply(readOnly).wantCode(t, ExitDone)
	if _, err := os.Stat(p.path(".assetform/remote")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("something is noted of a remote that nobody used", err)
	}
}

// TestDeniedLookUpLeavesWhatCharges: expired credentials are no proof that there
// is no result.
func TestDeniedLookUpLeavesWhatCharges(t *testing.T) {
	t.Parallel()
	api := newFakeAPI()
	p := newProject(t, api, paidProvider+asset("a", "A", "a.png")+asset("b", "B", "b.png"))
	denied := func(o *Options) {
		o.Remote = remote.New(remote.Options{Shown: "art.example", Engines: all.Registry(), Data: p.data(), Open: func(context.Context) (remote.Files, error) {
			return nil, remote.ErrDenied
		}})
	}
	got := p.apply(denied)
	got.wantCode(t, ExitParked)
	if n := strings.Count(got.text(), "Remote does not answer"); n != 1 || api.paid() != 0 || got.Left != 2 {
		t.Errorf("said %d times, paid for %d, left %d\n%s", n, api.paid(), got.Left, got.text())
	}
	p.apply().wantCode(t, ExitDone)
	if api.paid() != 2 {
		t.Errorf("paid for %d", api.paid())
	}
}

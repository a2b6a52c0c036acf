package apply

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/engine"
	"assetform/apply/engine/all"
	"assetform/apply/engine/imaginator"
	"assetform/apply/journal"
	"assetform/apply/store"
	"assetform/config"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// paidProvider heads configurations whose requests are charged.
const paidProvider = "provider \"imaginator\" {}\n"

// project is a directory in which a test plans and applies, as the command
// does it.
type project struct {
	t   testing.TB
	dir string
	api *fakeAPI
}

func newProject(t testing.TB, api *fakeAPI, hcl string) *project {
	t.Helper()
	p := &project{t: t, dir: t.TempDir(), api: api}
	p.write("main.asset.hcl", hcl)
	return p
}

func (p *project) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }
func (p *project) data() *datadir.Dir      { return datadir.Open(p.path(".assetform")) }

func (p *project) write(name, text string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o777); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.path(name), []byte(text), 0o666); err != nil {
		p.t.Fatal(err)
	}
}

// read returns a file's content; "" if there is none.
func (p *project) read(name string) string {
	b, err := os.ReadFile(p.path(name))
	if err != nil && !os.IsNotExist(err) {
		p.t.Fatal(err)
	}
	return string(b)
}

func (p *project) lock() *lockfile.Lock {
	p.t.Helper()
	l, _, err := lockfile.Load(p.path(lockfile.Filename), ".")
	if err != nil {
		p.t.Fatal(err)
	}
	return l
}

// session is one process: it holds the journal.
type session struct {
	*project
	journal *journal.Journal
	store   *store.Store
	config  *config.Project
	lock    *lockfile.Lock
	raw     []byte
}

func (p *project) open() *session {
	p.t.Helper()
	j, err := journal.Open(p.data(), journal.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	s, err := store.Open(p.data())
	if err != nil {
		p.t.Fatal(err)
	}
	loaded, diags := config.Load(config.Options{Engines: all.Registry(), Dir: p.dir})
	if diags.HasErrors() {
		p.t.Fatal(diags)
	}
	l, raw, err := lockfile.Load(p.path(lockfile.Filename), ".")
	if err != nil {
		p.t.Fatal(err)
	}
	return &session{project: p, journal: j, store: s, config: loaded, lock: l, raw: raw}
}

func (s *session) plan(o plan.Options) *plan.Plan {
	s.t.Helper()
	files, err := plan.Scan(s.config, s.lock, plan.ScanOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	intents := s.journal.Intents()
	return plan.Build(s.config, s.lock, plan.Snapshot{
		Files: files,
		Stored: func(h lockfile.InputsHash) (lockfile.Entry, bool) {
			e, ok, err := s.store.Result(h)
			if err != nil {
				s.t.Error(err)
			}
			return e, ok
		},
		HasBlob:   s.store.Has,
		Paid:      journal.PaidInputs(s.config.Engines, intents),
		Finished:  journal.FinishedInputs(s.config.Engines, intents, s.store.Has),
		Requested: journal.OpenRequests(intents, s.lock),
		Unsettled: journal.Unsettled(s.config.Engines, intents),
		// As in a project whose outputs and lock were committed together.
		Committed: func(claims []plan.Claim) (map[plan.Claim]plan.Evidence, string) {
			ours := map[plan.Claim]plan.Evidence{}
			for _, c := range claims {
				ours[c] = plan.Evidence{Ours: true}
			}
			return ours, ""
		},
	}, o)
}

func (s *session) options(pl *plan.Plan) Options {
	return Options{
		Project: s.config, Plan: pl, Lock: s.lock, LockRaw: s.raw,
		LockPath: s.path(lockfile.Filename), Data: s.data(),
		Store: s.store, Journal: s.journal,
		Drivers: func(config.ProviderRef) (engine.Driver, error) { return imaginator.NewDriver(s.api), nil },
	}
}

// result is what one apply came to.
type result struct {
	Summary
	diags  hcl.Diagnostics
	events []Event
	plan   *plan.Plan
}

// text is all that the diagnostics say.
func (r result) text() string {
	var b strings.Builder
	for _, d := range r.diags {
		b.WriteString(d.Summary + ": " + d.Detail + "\n")
	}
	return b.String()
}

// apply plans and applies as a process of its own would.
func (p *project) apply(change ...func(*Options)) result {
	p.t.Helper()
	return p.applyWith(context.Background(), plan.Options{}, change...)
}

func (p *project) applyWith(ctx context.Context, po plan.Options, change ...func(*Options)) result {
	p.t.Helper()
	s := p.open()
	defer s.journal.Close()
	pl := s.plan(po)
	o := s.options(pl)
	var res result
	o.Sink = sinkFunc(func(e Event) { res.events = append(res.events, e) })
	for _, f := range change {
		f(&o)
	}
	res.plan = pl
	res.Summary, res.diags = Run(ctx, o)
	return res
}

// wantCode fails the test unless the run ended with that exit code.
func (r result) wantCode(t testing.TB, code int) {
	t.Helper()
	if r.ExitCode != code {
		t.Fatalf("exit code %d, want %d\n%+v\n%s", r.ExitCode, code, r.Summary, r.text())
	}
}

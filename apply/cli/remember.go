package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"assetform/apply"
	"assetform/apply/journal"
	"assetform/apply/repo"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/worktree"
	"assetform/lockfile/datadir"
	"assetform/plan"
	"assetform/plan/render"
	"assetform/plan/trace"

	"github.com/hashicorp/hcl/v2"
)

// A command in which nothing changed answers from the trace of one before it,
// and leaves a trace of its own where it had to look at everything. All that it
// prints then is made from the number of assets and from where the environment
// says that providers lead.

// memory is what one command may answer from, and leave a trace in.
type memory struct {
	*loader
	vars []varFlag
	data *datadir.Dir
	root string
	key  trace.Key
}

// remembering begins to note what is learnt, and returns the memory of a
// command. It is nil for a command that asks for more than whether anything is
// to be done, and where nothing may be remembered: its methods do nothing then.
func (l *loader) remembering(e evaluation, plain bool) *memory {
	if !plain || e.provider != "" || l.Logs {
		return nil
	}
	m := &memory{loader: l, vars: e.vars.list}
	var err error
	if m.data, err = l.data(); err != nil {
		return nil
	}
	if m.root, err = l.root(); err != nil {
		return nil
	}
	var ok bool
	if m.key, ok = m.keyNow(); !ok {
		return nil
	}
	l.witness = &worktree.Witness{}
	return m
}

// plain tells that the flags ask for no more than what is to be done.
func (f *planFlags) plain() bool {
	s := f.selection
	return len(s.targets)+len(s.excludes)+len(s.replaces)+len(s.unprotect)+len(s.overwriteAdopted)+len(s.max) == 0 &&
		!s.overwriteDrifted && !s.destroy && f.remote.mode == "" && f.ref == "" && !f.noIndex && !f.json && f.jsonInto == "" && !f.verbose
}

// keyNow is all that an answer depends on beside the project's files.
func (m *memory) keyNow() (trace.Key, bool) {
	program, err := os.Executable()
	if err != nil {
		return nil, false
	}
	info, err := os.Stat(program)
	if err != nil {
		return nil, false
	}
	dir, err := filepath.EvalSymlinks(m.Dir)
	if err != nil {
		return nil, false
	}
	tasks, ok := m.tasks()
	if !ok {
		return nil, false
	}
	var key trace.Key
	add := func(what string, text ...string) { key = fmt.Appendf(key, "%s %q\n", what, text) }
	add("program", m.version, program, fmt.Sprint(worktree.StampOf(info)))
	add("root", m.root, dir)
	add("tasks", tasks)
	for _, v := range m.vars {
		if v.file == "" {
			add("var", v.text)
			continue
		}
		content, err := worktree.ReadFile(m.path(v.file))
		if err != nil || m.fileFlag(m.path(v.file)) != nil {
			return nil, false
		}
		add("var-file", v.file, digest(content))
	}
	for _, entry := range m.Environ {
		if m.reads(entry) {
			add("environment", entry)
		}
	}
	return key, true
}

// reads tells whether an evaluation may look at this entry of the environment.
func (m *memory) reads(entry string) bool {
	name, _, _ := strings.Cut(entry, "=")
	if strings.HasPrefix(name, "ASSETFORM_") {
		return true
	}
	for _, e := range m.engines.Engines() {
		if name == e.Server.URLEnv || name == e.Server.KeyEnv {
			return true
		}
	}
	return false
}

// tasks is the journal, by its stamp: it remembers tasks for a while after they
// are done, and may be long. One that was written just now is none to go by.
func (m *memory) tasks() (string, bool) {
	info, err := m.data.Stat(journal.FileName)
	if err != nil {
		return "", errors.Is(err, fs.ErrNotExist)
	}
	stamp := worktree.StampOf(info)
	return fmt.Sprint(stamp), stamp.Settled(time.Now())
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return string(sum[:])
}

// recall returns what is remembered of a project in which nothing is to be done,
// if nothing has changed since.
func (m *memory) recall(applied bool) (t trace.Trace, ok bool) {
	if m == nil {
		return trace.Trace{}, false
	}
	t, ok = trace.Recall(m.data, m.root, m.key)
	if !ok || applied && !t.Applied {
		return t, false
	}
	// What stands in the data directory and in git's index is looked at as if
	// nothing were remembered: a merge may begin and end without changing a file.
	if _, err := store.Open(m.data); err != nil || applied && m.data.Check() != nil {
		return t, false
	}
	return t, !repo.Unmerged(context.Background(), m.Environ, m.lockPath(), nil)
}

// show prints the plan of a project in which nothing is to be done.
func (m *memory) show(t trace.Trace) int {
	return m.write(render.Agreed(t.Assets, m.engines, m.origins(t), render.Options{Color: m.OutColor, Width: m.outWidth()}))
}

// origins are those of its providers.
func (m *memory) origins(t trace.Trace) map[string]string {
	origins, usual := map[string]string{}, config.UsualOrigins(m.engines, m.Environ)
	for i, e := range m.engines.Engines() {
		if t.Led>>i&1 == 1 {
			origins[e.Type] = usual[e.Type]
		}
	}
	return origins
}

// keep leaves a trace of a command that found nothing to do; diags is all that
// it had to say.
func (m *memory) keep(w *workspace, p *plan.Plan, diags hcl.Diagnostics, applied bool) {
	switch {
	case m == nil, len(diags) > 0, len(p.Diagnostics) > 0, len(p.Refusals) > 0, p.HasChanges():
		return
	case p.Remote != nil && p.Remote.Changed: // which every plan says
		return
	case w.raw == nil, len(p.Changes) == 0, w.asked, len(m.answers) > 0:
		return
	}
	if slices.ContainsFunc(w.intents, func(in journal.Intent) bool { return !in.State.Final() }) {
		return // an apply would go on with it
	}
	for _, c := range p.Changes {
		if c.Prior == nil || c.Drifted || plan.Contradicts(m.engines, c.Prior) || !described(w, c, false) {
			return
		}
	}
	t := trace.Trace{Assets: len(p.Changes), Applied: applied}
	for i, e := range m.engines.Engines() {
		if p.Origins[e.Type] != "" {
			t.Led |= 1 << i
		}
	}
	if now, ok := m.keyNow(); ok && bytes.Equal(now, m.key) && maps.Equal(m.origins(t), p.Origins) {
		trace.Save(m.data, m.key, t, m.witness)
	}
}

// applied answers for an apply, under the run lock: another one may be about to
// change what was remembered.
func (m *memory) applied(ctx context.Context, a *application) (code int, ok bool) {
	if m == nil || !trace.Stands(m.data) {
		return 0, false
	}
	lock, err := apply.AcquireRunLock(ctx, m.data, 0)
	if err != nil {
		return 0, false // told by who goes on without the trace
	}
	defer m.release(lock)
	// What another apply wrote until it let go of the lock is in the key.
	if m.key, ok = m.keyNow(); !ok {
		return 0, false
	}
	t, ok := m.recall(true)
	if !ok {
		return 0, false
	}
	if code := m.show(t); code != ExitDone {
		return code, true
	}
	sink, err := a.sink()
	if err != nil {
		return a.fail("Events not writable", err), true
	}
	sink.Event(apply.Event{Type: apply.EventVersion, Time: time.Now(), Version: a.version})
	sink.Event(apply.Event{Type: apply.EventPlan, Time: time.Now(), Plan: &plan.Plan{Engines: m.engines, Origins: m.origins(t)}})
	sink.Event(apply.Event{Type: apply.EventSummary, Time: time.Now(), Summary: &apply.Summary{Done: map[plan.Action]int{plan.NoOp: t.Assets}}})
	if err := sink.Close(); err != nil {
		return a.fail("Events not written", err), true
	}
	return ExitDone, true
}

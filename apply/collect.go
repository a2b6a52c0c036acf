package apply

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/apply/media"
	"assetform/apply/media/marks"
	"assetform/apply/store"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// A task is asked so often for a URL of its result, or a new one, with so long
// a pause before the first time and twice as long before each next.
const (
	freshURLs = 3 // where it has words, or had one
	lateURLs  = 6 // where it says nothing
	urlPause  = time.Second
)

// collection brings the result of a finished task into the store.
type collection struct{ g *generation }

// collect brings a finished task's result into the store, verified, under its
// inputs hash. It returns the record of the result.
func (c *collection) collect(ctx context.Context, task engine.Task) (lockfile.Entry, *outcome) {
	g := c.g
	task, stop := c.withURL(ctx, task)
	if stop != nil {
		return lockfile.Entry{}, stop
	}
	if words := task.Failure; words != "" {
		g.events.report(warning("Server says something beside a result", fmt.Sprintf("Task %s of %s is completed, and the server adds: %s.", g.redact.shown(g.task), g.node.address(), words)))
	}
	p, err := c.fetch(ctx, task)
	if err != nil {
		return lockfile.Entry{}, c.failed(ctx, err)
	}
	defer p.Abort()
	e, refuse := c.verify(p.Sum(), p, p.Size(), &task)
	if g.node != nil && g.node.isOf(p.Sum()) {
		p.Disclaim()
	}
	switch {
	case err != nil:
	case refuse == nil:
		g.sharing.note(g.node)
		err = p.CommitPaid(g.intent.InputsHash, e, shownOrigin(g.intent.Origin))
	default:
		_, _, err = p.Commit()
	}
	switch {
	case err != nil:
		return lockfile.Entry{}, c.failed(ctx, err)
	case refuse != nil:
		return lockfile.Entry{}, refuse(ctx)
	}
	c.recorded(ctx, e)
	return e, nil
}

// recorded tells the journal that the store has the result. It does, whatever
// the journal says: after a crash the task is asked about once more.
func (c *collection) recorded(ctx context.Context, e lockfile.Entry) {
	c.g.step("recorded")
	c.g.note(ctx, journal.Record{State: journal.StateStored, Content: e.ContentHash})
}

// lookAgain verifies what an earlier run has refused and kept: what looks at it
// may know better now. nothing says that there is no such file.
func (c *collection) lookAgain(ctx context.Context) (e lockfile.Entry, nothing bool, stop *outcome) {
	g := c.g
	if g.resume == nil || g.resume.State != journal.StateRejected || !g.store.Has(g.resume.Content) {
		return e, true, nil
	}
	f, err := g.store.Open(g.resume.Content)
	if err != nil {
		return e, true, nil // it is fetched again
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return e, true, nil
	}
	if _, err := c.probe(f, info.Size()); err != nil {
		if media.MayComeWhole(err) {
			return e, true, nil
		}
		return e, false, c.unusable(ctx, g.resume.Content, err)
	}
	e, refuse := c.verify(g.resume.Content, f, info.Size(), nil)
	if refuse != nil {
		return e, false, refuse(ctx)
	}
	g.sharing.note(g.node)
	if err := g.store.PutPaid(g.intent.InputsHash, e, shownOrigin(g.intent.Origin)); err != nil {
		return e, false, c.failed(ctx, err)
	}
	c.recorded(ctx, e)
	return e, false, nil
}

// verify makes a file with that content the asset's result if it can be that.
// If not, refuse ends the asset, once the store has the file. The row is the
// server's of the task, where it was asked.
func (c *collection) verify(content lockfile.ContentHash, file io.ReaderAt, size int64, row *engine.Task) (e lockfile.Entry, refuse func(context.Context) *outcome) {
	g := c.g
	g.progress(PhaseVerifying)
	notOurs := func(why string) func(context.Context) *outcome {
		return func(ctx context.Context) *outcome { return g.notOurs(ctx, &otherTaskError{why}) }
	}
	if address, theirs := c.inLock(content); theirs && g.lane.paid && !g.intent.Confirmed {
		return e, notOurs("it delivers the picture that the lock has of the same task for " + address)
	}
	m, err := c.probe(file, size)
	if err != nil {
		return e, func(ctx context.Context) *outcome { return c.unusable(ctx, content, err) }
	}
	if row != nil && g.lane.paid && !g.intent.Confirmed {
		if _, other := pictured(g.lane.gen, queryOf(g.engines, &g.intent), row, m.Width, m.Height); other != "" {
			return e, notOurs(other)
		}
	}
	if m.Flaw != "" {
		d := g.node.diagnostic("Result has a flaw", fmt.Sprintf("What task %s delivered for %s is not quite as its format wants it: %s. Browsers show it, so it is taken as it is; other programs may not.", g.redact.shown(g.task), g.node.address(), m.Flaw))
		d.Severity = hcl.DiagWarning
		g.events.report(d)
	}
	found, err := marks.Read(file, size)
	if err != nil {
		return e, func(ctx context.Context) *outcome { return c.failed(ctx, err) }
	}
	e = c.entry(content, size, m)
	e.Marks = marks.EntryOf(found).Map()
	return e, nil
}

// inLock returns the address whose entry in the lock has the task and that
// content, if its inputs are others.
func (c *collection) inLock(content lockfile.ContentHash) (string, bool) {
	g := c.g
	for _, e := range g.byTask()[g.task] {
		if !e.InputsHash.IsZero() && e.InputsHash != g.intent.InputsHash && e.UpstreamHash() == content {
			return e.address, true
		}
	}
	return "", false
}

// withURL asks for the URL of a completed task's result where it is late. A
// task that has words instead of one came to nothing.
func (c *collection) withURL(ctx context.Context, task engine.Task) (engine.Task, *outcome) {
	g := c.g
	for asked := 0; task.Result == "" && (asked < freshURLs || asked < lateURLs && task.Failure == ""); asked++ {
		if !g.stops.sleep(ctx, urlPause<<min(asked, 3)) {
			return task, g.left(nil)
		}
		if fresh, err := g.ask(ctx); err == nil && fresh.Status.Finished() {
			task = fresh
		}
	}
	switch {
	case task.Result != "":
		return task, nil
	case task.Failure != "", task.Status == engine.StatusFailed:
		return task, g.taskFailed(ctx, task)
	}
	says := ""
	if task.Says != "" {
		says = fmt.Sprintf(", and says %q", task.Says)
	}
	return task, g.left(g.node.diagnostic("Task has no result yet", fmt.Sprintf(
		"The server calls task %s of %s completed, but gives no URL of its result%s. The task is in the journal; the next \"assetform apply\" asks again at no cost. \"assetform tasks show %s\" shows what the server has of it, and \"assetform tasks forget %s\" gives it up.", g.redact.shown(g.task), g.node.address(), says, diag.ShellWord(g.redact.shown(g.task)), diag.ShellWord(g.node.address().String()))))
}

// fetch brings a finished task's file here. The caller commits or aborts it.
func (c *collection) fetch(ctx context.Context, task engine.Task) (*store.Pending, error) {
	g := c.g
	g.progress(PhaseDownloading)
	pending, err := g.store.Create()
	if err != nil {
		return nil, err
	}
	if err := c.download(ctx, task, pending); err != nil {
		pending.Abort()
		return nil, err
	}
	g.step("downloaded")
	return pending, nil
}

// entry is what the store notes of a result.
func (c *collection) entry(content lockfile.ContentHash, size int64, m media.Info) lockfile.Entry {
	g := c.g
	e := lockfile.Entry{
		Provider: g.intent.Provider, Method: g.intent.Method,
		Inputs: g.intent.Inputs, InputsHash: g.intent.InputsHash,
		ContentHash: content, MediaType: m.Type, Bytes: size,
		Width: m.Width, Height: m.Height, Duration: m.Duration,
		Cost: plan.RecordedCost(g.intent.Cost),
	}
	if !g.redact.tellsSecret(g.task) {
		e.TaskID = g.task
	}
	plan.ClearUncharged(g.engines, &e)
	return e
}

func (c *collection) probe(file io.ReaderAt, size int64) (media.Info, error) {
	g := c.g
	m, err := probeDelivered(file, size)
	if err == nil && media.IsVideo(m.Type) != (g.intent.Kind == address.Video) {
		return m, fmt.Errorf("expected %s %s, found %s", article(string(g.intent.Kind)), g.intent.Kind, m.Type)
	}
	return m, err
}

// download streams the result into dst. A URL that has expired is asked for
// anew.
func (c *collection) download(ctx context.Context, task engine.Task, dst *store.Pending) error {
	g := c.g
	ctx, done := g.stops.whileWaiting(ctx)
	defer done()
	for asked := 0; ; asked++ {
		err := g.lane.gen.Download(ctx, task, c.accept(), dst)
		if err == nil || !errors.Is(err, engine.ErrResultGone) || asked >= freshURLs {
			return err
		}
		if err := dst.Reset(); err != nil {
			return err
		}
		if asked > 0 && !g.stops.sleep(ctx, firstSubmitWait<<asked) {
			return err
		}
		fresh, askErr := g.ask(ctx)
		if askErr != nil {
			return askErr
		}
		if fresh.Status != engine.StatusCompleted {
			return err
		}
		task = fresh
	}
}

// accept is the media type to ask for.
func (c *collection) accept() string {
	g := c.g
	if g.node.unclaimed != nil {
		return ""
	}
	return accepts(g.node.change.Output)
}

// failed says why a paid result is not in the store yet. Where the network, the
// server's state or this machine is to blame the asset is left for the next
// run; the task is in the journal.
func (c *collection) failed(ctx context.Context, err error) *outcome {
	g := c.g
	if g.stops.waitingEnded(ctx) || g.owned.check() != nil {
		return g.left(nil) // where the data directory was taken away, that is said once
	}
	summary := "Result cannot be downloaded"
	failure := engine.As(err)
	detail := fmt.Sprintf("%s is generated (task %s), but its result could not be brought here: %s. ", g.node.address(), g.redact.shown(g.task), err)
	switch {
	case failure.Lasting:
		task := diag.ShellWord(g.redact.shown(g.task))
		o := g.failed(summary, detail+fmt.Sprintf("Another try would end the same way. \"assetform tasks show %s\" shows what the server says of it; \"assetform tasks forget %s\" gives it up, and then it is generated%s again.", task, diag.ShellWord(g.node.address().String()), map[bool]string{true: " and paid for"}[g.lane.paid])).because(err)
		if g.lane.paid {
			o.credit = g.prices.Text(g.intent.Cost) + " spent"
		}
		return o
	case errors.Is(err, engine.ErrResultGone):
		return g.failed(summary, detail+"The task is in the journal; the next \"assetform apply\" asks for another URL and tries again at no cost.").because(err)
	}
	detail += "The task is in the journal; the next \"assetform apply\" tries again at no cost."
	var theirs *engine.Error
	var file *fs.PathError // of the store, which drivers hand back as it is
	if ours := !errors.As(err, &theirs) || errors.As(err, &file); ours || failure.Passing {
		if ours { // a disk that is full, say: what is paid for from now on would not find room either
			summary = "Result cannot be stored"
			g.journal.providers.haltAll("Results cannot be stored", err)
		}
		return g.left(g.node.diagnostic(summary, detail)).because(err)
	}
	return g.failed(summary, detail).because(err)
}

// unusable ends an asset whose result is not what it should be. The file
// stays in the store, but not as a result: the next run looks at it again.
func (c *collection) unusable(ctx context.Context, content lockfile.ContentHash, err error) *outcome {
	g := c.g
	g.redact.cutWords(err)
	if g.resume == nil || g.resume.State != journal.StateRejected || g.resume.Content != content {
		g.record(ctx, journal.Record{State: journal.StateRejected, Content: content})
	}
	return g.failed("Result is not usable", fmt.Sprintf("Task %s delivered for %s something that cannot be its result: %s. The old output stays, and the file is kept in the store as %s, at %s. The task is in the journal: the next \"assetform apply\" looks at it again at no cost, and \"assetform tasks forget %s\" gives it up.", g.redact.shown(g.task), g.node.address(), err, content, g.store.Path(content), diag.ShellWord(g.node.address().String()))).because(err)
}

// probeDelivered verifies a file that a server has delivered.
func probeDelivered(f io.ReaderAt, size int64) (media.Info, error) {
	if size <= 64<<10 { // read once, and not in a dozen places
		b := make([]byte, size)
		if n, err := f.ReadAt(b, 0); err == nil || err == io.EOF {
			f = bytes.NewReader(b[:n])
		}
	}
	m, err := media.Probe(f, size)
	if err != nil {
		return m, err
	}
	return m, media.CheckCargo(f, m.Bytes, m.Type)
}

func article(word string) string {
	if strings.ContainsAny(word[:1], "aeiou") {
		return "an"
	}
	return "a"
}

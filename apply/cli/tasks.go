package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"assetform/apply"
	"assetform/apply/engine/imaginator"
	"assetform/apply/journal"
	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// journalTask is a request or task that the journal remembers.
type journalTask struct {
	Address    string        `json:"address"`
	State      journal.State `json:"state"`
	TaskID     string        `json:"task_id,omitempty"`
	Method     string        `json:"method"`
	Model      string        `json:"model,omitempty"`
	Provider   string        `json:"provider"`
	Origin     string        `json:"origin"`
	InputsHash string        `json:"inputs_hash"`
	Candidate  int           `json:"candidate,omitempty"` // of several
	// ClaimOwner is what its claim in the remote calls this machine, while that
	// claim binds others.
	ClaimOwner string    `json:"claim_owner,omitempty"`
	Created    time.Time `json:"created"`
	Error      string    `json:"error,omitempty"`
}

func newJournalTask(in journal.Intent) journalTask {
	owner := ""
	if in.Claim > 0 && !in.ClaimEnded {
		owner = in.ID
	}
	return journalTask{
		ClaimOwner: owner,
		Address:    in.Address.String(), State: in.State, TaskID: in.TaskID, Method: in.Method, Model: in.Model,
		Provider: in.Provider, Origin: in.Origin, InputsHash: in.InputsHash.String(), Candidate: in.Candidate, Created: in.Created, Error: in.Error,
	}
}

// tasksDocument is the JSON document of tasks list.
type tasksDocument struct {
	FormatVersion string               `json:"format_version"`
	Journal       []journalTask        `json:"journal"`
	Server        *imaginator.TaskPage `json:"server"` // null when it was not asked
}

// taskFlags are the flags of the tasks commands.
type taskFlags struct {
	apiFlags
	query imaginator.TaskQuery
	local bool
}

// TasksList is the command tasks list.
func TasksList(fs *pflag.FlagSet) Run {
	var f taskFlags
	f.apiFlags.bind(fs)
	status, kind := fs.String("status", "", "only tasks with this `STATUS`: pending, processing, completed or failed; any other word that the journal's part of the list shows"), fs.String("type", "", "only tasks of this `TYPE`: image or video")
	fs.IntVar(&f.query.Page, "page", 1, "`PAGE` of the server's list")
	fs.IntVar(&f.query.PerPage, "per-page", 20, "`NUMBER` of the server's tasks a page, at most 100")
	fs.BoolVar(&f.local, "journal", false, "only the journal; ask no server")
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		f.query.Status, f.query.Type = imaginator.Status(*status), imaginator.TaskType(*kind)
		if err := checkQuery(f.query); err != nil {
			return s.fail("Unusable flag", err)
		}
		return listTasks(ctx, s, &f)
	}
}

// serverStatuses are the words that the server has for a task.
var serverStatuses = []string{"pending", "processing", "completed", "failed"}

func checkQuery(q imaginator.TaskQuery) error {
	statuses, types := append([]string{""}, serverStatuses...), []string{"", "image", "video"}
	switch {
	case !slices.Contains(statuses, string(q.Status)) && !slices.Contains(journal.States, journal.State(q.Status)):
		for _, state := range journal.States {
			if !slices.Contains(statuses, string(state)) {
				statuses = append(statuses, string(state))
			}
		}
		return fmt.Errorf("--status %q: the server has %s, and the journal also %s%s", q.Status, diag.Listed(statuses[1:5]), diag.Listed(statuses[5:]), DidYouMean(string(q.Status), statuses[1:]))
	case !slices.Contains(types, string(q.Type)):
		return fmt.Errorf("--type %q: it is image or video", q.Type)
	case q.Page < 1:
		return fmt.Errorf("--page %d: pages begin with 1", q.Page)
	case q.PerPage < 1 || q.PerPage > 100:
		return fmt.Errorf("--per-page %d: it is between 1 and 100", q.PerPage)
	}
	return nil
}

func listTasks(ctx context.Context, s *Session, f *taskFlags) int {
	// A word that only the journal has for a request asks the journal alone.
	ofJournal := slices.Contains(journal.States, journal.State(f.query.Status)) && !slices.Contains(serverStatuses, string(f.query.Status))
	f.local = f.local || ofJournal
	f.sends = !f.local
	p, ok := s.loadProject(f.evaluation)
	if !ok {
		return ExitError
	}
	data, err := s.data()
	if err != nil {
		return dataRefused(s.streams, err)
	}
	intents, err := journal.Read(data)
	if err != nil {
		return s.fail("Unreadable journal", err)
	}
	doc := tasksDocument{FormatVersion: plan.FormatVersion, Journal: []journalTask{}}
	redactor := s.redactor(p)
	for _, in := range intents {
		if ofJournal && string(in.State) != string(f.query.Status) {
			continue
		}
		if f.query.Type == "" || string(f.query.Type) == string(in.Kind) {
			t := newJournalTask(in)
			t.TaskID = redactor.Text(t.TaskID) // a server can name a task as it likes
			doc.Journal = append(doc.Journal, t)
		}
	}
	if !f.local {
		var refused *originError
		doc.Server, err = serverTasks(ctx, s, p, f)
		if errors.As(err, &refused) {
			return unusable(s.streams, err, p)
		}
		if err != nil {
			s.printDiagnostics(hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "Server not asked", Detail: diag.Sentence(err)}}, p)
		}
	}
	if f.json {
		b, err := plan.Encode(doc)
		if err != nil {
			return s.fail("Output failed", err)
		}
		return s.outputJSON(string(b))
	}
	return s.output(doc.text())
}

// serverTasks asks the provider for its list. The embedded engine lives no
// longer than a command and has none.
func serverTasks(ctx context.Context, s *Session, p *config.Project, f *taskFlags) (*imaginator.TaskPage, error) {
	ref, err := chooseProvider(p, f.alias)
	if err != nil {
		return nil, err
	}
	if p.Endpoint(ref).IsZero() {
		return nil, nil
	}
	client, err := newProviders(s, p).client(ref)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	answered := s.waiting(p.Endpoint(ref))
	page, err := client.Tasks(ctx, f.query)
	answered()
	if err != nil {
		return nil, err
	}
	redactor := s.redactor(p)
	for i, t := range page.Tasks {
		page.Tasks[i] = shownTask(t, redactor)
	}
	return &page, nil
}

func (d *tasksDocument) text() string {
	var b strings.Builder
	b.WriteString("Journal:\n")
	if len(d.Journal) == 0 {
		b.WriteString("  nothing is open\n")
	}
	for _, t := range d.Journal {
		fmt.Fprintf(&b, "  %-10s %-12s %s  %s\n", t.State, orDash(t.TaskID), t.Created.UTC().Format(time.DateTime), t.Address)
		if t.Error != "" {
			fmt.Fprintf(&b, "             %s\n", inline(t.Error))
		}
		if t.ClaimOwner != "" {
			fmt.Fprintf(&b, "             claimed in the remote as owner %s\n", t.ClaimOwner)
		}
	}
	if d.Server == nil {
		return b.String()
	}
	fmt.Fprintf(&b, "\nServer (page %d):\n", d.Server.Page)
	for _, t := range d.Server.Tasks {
		created := "-"
		if !t.CreatedAt.IsZero() {
			created = t.CreatedAt.UTC().Format(time.DateTime)
		}
		prompt := "-"
		if t.Prompt != nil {
			prompt = shorten(inline(strings.Join(strings.Fields(*t.Prompt), " ")), 50)
		}
		fmt.Fprintf(&b, "  %-10s %-12s %s  %-5s %s\n", inline(string(t.Status)), inline(t.ID), created, inline(string(t.Type)), prompt)
	}
	if d.Server.Total >= 0 {
		fmt.Fprintf(&b, "  %s in all\n", diag.Count(d.Server.Total, "task"))
	}
	return b.String()
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return inline(text)
}

// TasksShow is the command tasks show.
func TasksShow(fs *pflag.FlagSet) Run {
	var f apiFlags
	f.bind(fs)
	return func(ctx context.Context, s *Session, args []string) int {
		if len(args) != 1 {
			return s.fail("Unusable arguments", errors.New("\"assetform tasks show\" takes the id of one task"))
		}
		return withClient(ctx, s, &f, func(ctx context.Context, c account, r *diag.Redactor) (string, error) {
			task, err := c.Task(ctx, args[0])
			if err != nil {
				return "", err
			}
			b, err := plan.Encode(shownTask(task, r))
			return string(b), err
		})
	}
}

// TasksAttach is the command tasks attach.
func TasksAttach(fs *pflag.FlagSet) Run {
	var f diskFlags
	f.bind(fs)
	candidate := fs.Int("candidate", 0, "the `NUMBER` of the candidate that the task is of, where several are open")
	force := fs.Bool("force", false, "take the task though the server shows another prompt, model or seed, or the lock has its id")
	return func(ctx context.Context, s *Session, args []string) int {
		if len(args) != 2 {
			return s.fail("Unusable arguments", errors.New("\"assetform tasks attach\" takes the address of an asset and the id of a task"))
		}
		f.needKeys, f.sends = true, true
		return withAsset(ctx, s.loader, &f, args[0], func(w *workspace, j *journal.Journal, a address.Address) int {
			if _, err := w.findAsset(args[0]); err != nil {
				return s.fail("No such asset", err)
			}
			spec := w.project.Spec(a)
			clients := newProviders(s, w.project)
			driver, err := clients.Driver(spec.Provider)
			if err != nil {
				return unusable(s.streams, err, w.project)
			}
			ctx, cancel := context.WithTimeout(ctx, apiTimeout)
			defer cancel()
			defer s.waiting(w.project.Endpoint(spec.Provider))()
			_, err = apply.AttachTask(ctx, apply.AttachOptions{
				Remote: w.remote, Address: a, TaskID: args[1], Candidate: *candidate, Force: *force, Journal: j, Lock: w.lock, Plan: w.build(plan.Options{}), Engines: s.engines, Driver: driver,
			})
			if err != nil {
				return s.fail("Task not attached", err)
			}
			return s.output(fmt.Sprintf("Task %s is the result of %s. The next \"assetform apply\" collects it at no cost.\n", inline(args[1]), a))
		})
	}
}

// TasksForget is the command tasks forget.
func TasksForget(fs *pflag.FlagSet) Run {
	var f diskFlags
	f.bind(fs)
	claims := fs.Bool("claim", false, "give up what other machines have claimed in the remote, once they are not heard of for a minute")
	return func(ctx context.Context, s *Session, args []string) int {
		if len(args) != 1 {
			return s.fail("Unusable arguments", errors.New("\"assetform tasks forget\" takes the address of an asset"))
		}
		if *claims {
			return withAsset(ctx, s.loader, &f, args[0], func(w *workspace, j *journal.Journal, a address.Address) int {
				return forgetClaims(ctx, s, w, j, a)
			})
		}
		return withAsset(ctx, s.loader, &f, args[0], func(w *workspace, j *journal.Journal, a address.Address) int {
			p := w.build(plan.Options{})
			forgotten, err := apply.ForgetTasks(ctx, j, p, w.lock, a)
			if err != nil {
				return s.fail("Task not forgotten", err)
			}
			if len(forgotten) == 0 {
				return s.fail("Nothing to forget", fmt.Errorf("the journal has no open request or task of %s", a))
			}
			var b strings.Builder
			for _, in := range forgotten {
				next := "The next \"assetform apply\" may send it again."
				if in.Requested && in.State.CameToNothing() {
					next = "Another take is not asked for any more."
				} else if c := p.Change(in.Address); c == nil || !c.Action.Generates() {
					next = "Nothing is to be sent for it."
				}
				fmt.Fprintf(&b, "Forgot the %s request of %s (task %s). %s\n", in.State, in.Address, orDash(in.TaskID), next)
			}
			if cost := journal.PerhapsCharged(s.engines, forgotten); !cost.IsZero() {
				fmt.Fprintf(&b, "%s may have been charged for what is forgotten.\n", w.project.Prices.Text(cost))
			}
			if cost := journal.Charged(s.engines, forgotten); !cost.IsZero() {
				fmt.Fprintf(&b, "%s was charged for what is forgotten; \"assetform tasks attach\" takes it back.\n", w.project.Prices.Text(cost))
			}
			return s.output(b.String())
		})
	}
}

// forgetClaims gives up the claims of other machines on an asset's inputs.
func forgetClaims(ctx context.Context, s *Session, w *workspace, j *journal.Journal, a address.Address) int {
	if w.remote == nil || w.remote.ReadOnly() {
		return s.fail("Claim not forgotten", errors.New("this project has no remote here that may be written"))
	}
	forgotten, err := apply.ForgetClaims(ctx, w.remote, j, w.build(plan.Options{}), a, func() {
		fmt.Fprintln(s.Err, "Looking whether the claim's owner is still heard of ...")
	})
	if err != nil {
		return s.fail("Claim not forgotten", err)
	}
	if len(forgotten) == 0 {
		return s.fail("Nothing to forget", fmt.Errorf("no other machine has a claim on %s", a))
	}
	var b strings.Builder
	for _, c := range forgotten {
		of := ""
		if c.Candidate > 0 {
			of = fmt.Sprintf(" (candidate %d)", c.Candidate)
		}
		fmt.Fprintf(&b, "Forgot the claim of owner %s on %s%s, which said %s (task %s). The next \"assetform apply\" may send its request.\n", inline(c.Owner), a, of, c.State, orDash(c.TaskID))
		if !c.Cost.IsZero() {
			fmt.Fprintf(&b, "%s may have been charged for it.\n", c.Cost.String())
		}
	}
	return s.output(b.String())
}

// withAsset is withJournal for what an address names. The asset need not stand
// in the configuration any more.
func withAsset(ctx context.Context, l *loader, f *diskFlags, text string, do func(*workspace, *journal.Journal, address.Address) int) int {
	a, err := address.Parse(text)
	if err != nil {
		if quoted := plan.Requote(text); quoted != text {
			err = fmt.Errorf("%w. The shell takes the quotes away: write %s, in single quotes", err, diag.ShellWord(quoted))
		}
		return l.fail("No such asset", err)
	}
	return withJournal(ctx, l, f, func(w *workspace, j *journal.Journal) int { return do(w, j, a) })
}

// withJournal opens project and journal under the run lock.
func withJournal(ctx context.Context, l *loader, f *diskFlags, do func(*workspace, *journal.Journal) int) int {
	return withDisk(ctx, l, f, func(w *workspace, d apply.Disk) int {
		j, err := journal.Open(d.Data, journal.Options{})
		if err != nil {
			return l.fail("Journal not usable", err)
		}
		defer j.Close()
		if err := l.openRemote(w, d.Data, remoteFlag{}); err != nil {
			return l.remoteUnusable(err)
		}
		defer w.closeRemote(l)
		code := do(w, j)
		l.followClaims(ctx, w, j)
		return code
	})
}

// followClaims tells other machines what was said of requests that they wait for.
// What does not get through the next apply writes.
func (l *loader) followClaims(ctx context.Context, w *workspace, j *journal.Journal) {
	if w.remote == nil || w.remote.ReadOnly() || !apply.ClaimsToFollow(j) {
		return
	}
	if err := apply.FollowClaims(ctx, w.remote, j); err != nil {
		l.printDiagnostics(hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "Claim not written", Detail: diag.Sentence(err) + " The next \"assetform apply\" writes it."}}, w.project)
	}
}

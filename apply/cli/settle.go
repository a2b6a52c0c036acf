package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"assetform/apply"
	"assetform/apply/engine"
	"assetform/apply/graphics"
	"assetform/apply/journal"
	"assetform/config/diag"

	"github.com/spf13/pflag"
)

// settleFlags are the flags of tasks settle.
type settleFlags struct {
	diskFlags
	acceptLikely, forgetAll, autoApprove, json bool
}

func (f *settleFlags) bind(fs *pflag.FlagSet) {
	f.vars.bind(fs)
	fs.BoolVar(&f.acceptLikely, "accept-likely", false, "take the task where exactly one is likely; ask nothing")
	fs.BoolVar(&f.forgetAll, "forget-all", false, "give all open requests up: say what may have been charged, and ask")
	fs.BoolVar(&f.autoApprove, "auto-approve", false, "with --forget-all: do not ask")
	fs.BoolVar(&f.json, "json", false, "print what was done and what is open as JSON")
	fs.DurationVar(&f.lockTimeout, "lock-timeout", 0, "wait this `DURATION` for another apply to end")
}

func (f *settleFlags) check() error {
	switch {
	case f.acceptLikely && f.forgetAll:
		return errors.New("--accept-likely and --forget-all exclude each other")
	case f.autoApprove && !f.forgetAll:
		return errors.New("--auto-approve answers the question of --forget-all, which was not given")
	}
	return nil
}

// TasksSettle is the command tasks settle.
func TasksSettle(fs *pflag.FlagSet) Run {
	var f settleFlags
	f.bind(fs)
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		if err := f.check(); err != nil {
			return s.fail("Unusable flag", err)
		}
		// To give requests up needs no server, so no key.
		f.needKeys, f.sends = !f.forgetAll, true
		return withJournal(ctx, s.loader, &f.diskFlags, func(w *workspace, j *journal.Journal) int {
			st := newSettling(s, &f, w, j)
			return st.run(ctx)
		})
	}
}

// settling is one run of tasks settle. Each answer is in the journal before
// the next question is asked, so that nothing is lost when it ends early.
type settling struct {
	*loader
	flags    *settleFlags
	w        *workspace
	journal  *journal.Journal
	clients  *providers
	redactor *diag.Redactor
	pictures func() graphics.Protocol // how Out shows them; nil: it does not

	questions []apply.OpenQuestion
	settled   []settledRequest
	taken     map[string]bool // tasks that were attached in this run
	code      int             // of streams that failed; open requests outrank it
}

func newSettling(s *Session, f *settleFlags, w *workspace, j *journal.Journal) *settling {
	st := &settling{
		loader: s.loader, flags: f, w: w, journal: j, clients: newProviders(s, w.project), redactor: s.redactor(w.project),
		taken: map[string]bool{}, code: ExitDone,
	}
	if !f.json {
		st.pictures = sync.OnceValue(s.streams.pictures)
	}
	return st
}

func (s *settling) run(ctx context.Context) int {
	if s.look(ctx); len(s.questions) > 0 {
		switch f := s.flags; {
		case f.forgetAll:
			s.forgetAll(ctx)
		case f.acceptLikely:
			s.acceptLikely(ctx)
		default:
			s.askAll(ctx)
		}
	}
	return s.conclude()
}

// readTimeout is how long lists and pictures are waited for.
const readTimeout = 30 * time.Second

// look finds the open requests. What the servers' lists show is of no use to
// who gives all of them up.
func (s *settling) look(ctx context.Context) {
	if s.flags.forgetAll {
		for _, in := range s.journal.Intents() {
			if in.State.Unsettled() && s.engines.Charges(in.Provider) {
				s.questions = append(s.questions, apply.OpenQuestion{Intent: in})
			}
		}
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	s.questions = apply.OpenQuestions(ctx, s.engines, s.journal, s.w.lock, s.driver)
}

// driver is that of the server that a request was sent to: of the asset's provider,
// of another that leads there, or what the environment allows there.
func (s *settling) driver(in *journal.Intent) (engine.Driver, error) {
	refs := s.w.project.ProviderRefs()
	if spec := s.w.project.Spec(in.Address); spec != nil {
		refs = slices.Insert(refs, 0, spec.Provider)
	}
	for _, ref := range refs {
		if at := s.w.project.Endpoint(ref); ref.Type == in.Provider && !at.IsZero() && at.Origin.Full() == in.Origin {
			return s.clients.Driver(ref)
		}
	}
	return s.clients.driverAt(in.Provider, in.Origin)
}

// acceptLikely attaches what is the only likely task of a request, and of no
// other.
func (s *settling) acceptLikely(ctx context.Context) {
	for i := range s.questions {
		q := &s.questions[i]
		s.say(s.describe(q))
		if task, ok := q.Likely(); ok {
			s.attach(ctx, q, task.ID)
		}
	}
}

// forgetAll gives all requests up, once a person has seen what may have been
// charged for them.
func (s *settling) forgetAll(ctx context.Context) {
	var b strings.Builder
	for i := range s.questions {
		b.WriteString(s.describe(&s.questions[i]))
	}
	fmt.Fprintf(&b, "\n%s in all may have been charged, and what is sent again is paid again.\n", s.perhapsCharged())
	s.say(b.String())
	if !s.flags.autoApprove && !s.approved() {
		fmt.Fprintln(s.Err, "Nothing was done.")
		return
	}
	for i := range s.questions {
		if !s.forget(ctx, &s.questions[i]) {
			return
		}
	}
}

func (s *settling) approved() bool {
	if !s.answerable(s.flags.vars.input) {
		return false
	}
	fmt.Fprintf(s.Err, "\nForget %s? Only \"yes\" is accepted: ", diag.Count(len(s.questions), "request"))
	answer, err := s.readLine()
	if err != nil && !errors.Is(err, io.EOF) {
		s.code = s.fail("No answer", err)
	}
	if !s.Asks {
		fmt.Fprintln(s.Err)
	}
	return err == nil && strings.TrimSpace(answer) == "yes"
}

// askAll goes through the requests, one after the other. JSON is for programs:
// they are told what is open and are asked nothing.
func (s *settling) askAll(ctx context.Context) {
	asks := s.answerable(s.flags.vars.input) && !s.flags.json
	for i := range s.questions {
		q := &s.questions[i]
		q.Suspects = slices.DeleteFunc(q.Suspects, func(suspect apply.Suspect) bool { return s.taken[suspect.Task.ID] })
		s.say(s.describe(q))
		s.showPicture(ctx, q)
		if asks {
			asks = s.ask(ctx, q)
		}
	}
}

// ask asks about one request until there is an answer that could be done. It
// reports false at the end of all answers. What comes by a pipe was written in
// advance, an answer for each request: one that cannot be done leaves its
// request, so that the next is not taken for another request than it is for.
func (s *settling) ask(ctx context.Context, q *apply.OpenQuestion) bool {
	for {
		if s.Asks {
			fmt.Fprint(s.Err, "  attach, forget (send again next time) or leave? ")
		}
		line, err := s.readLine()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				s.code = s.fail("No answer", err)
			}
			return false
		}
		if s.answer(ctx, q, line) || !s.Asks {
			return true
		}
	}
}

// answer does what a line says. It reports false, and has said why, if it
// could not be done.
func (s *settling) answer(ctx context.Context, q *apply.OpenQuestion, line string) bool {
	words := strings.Fields(line)
	is := func(word string, most int) bool {
		return len(words) > 0 && len(words) <= most && strings.HasPrefix(word, strings.ToLower(words[0]))
	}
	switch {
	case is("leave", 1):
		return true
	case is("forget", 1):
		return s.forget(ctx, q)
	case is("attach", 1):
		task, ok := q.Likely()
		if !ok {
			why := "no single task is likely"
			if problem := s.problem(q); problem != "" {
				why = problem
			}
			s.fail("Task not attached", fmt.Errorf("%s: %s. Name a task with attach TASK_ID", q.Address, why))
			return false
		}
		return s.attach(ctx, q, task.ID)
	case is("attach", 2):
		return s.attach(ctx, q, words[1])
	}
	s.fail("No such answer", fmt.Errorf("%q says nothing about %s: answer attach, attach TASK_ID, forget or leave", printable(line), q.Address))
	return false
}

func (s *settling) attach(ctx context.Context, q *apply.OpenQuestion, taskID string) bool {
	shown := s.redactor.Text(taskID)
	gen, err := s.driver(&q.Intent)
	if errors.Is(err, apply.ErrOriginNotAllowed) {
		err = errors.New(waitsAt(s.engines, &q.Intent))
	}
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, apiTimeout)
		defer cancel()
		_, err = apply.AttachTask(ctx, apply.AttachOptions{
			Remote: s.w.remote, Address: q.Address, Intent: q.ID, TaskID: taskID, Journal: s.journal,
			Force: taskID == q.Intent.TaskID, // the server's own answer, which a person has seen
			Lock:  s.w.lock, Engines: s.engines, Driver: gen,
		})
	}
	if err != nil {
		if shown != taskID {
			err = errors.New(strings.ReplaceAll(err.Error(), taskID, shown))
		}
		s.fail("Task not attached", err) // it stays open, which the exit code says
		return false
	}
	s.taken[taskID] = true
	s.done(q, settledRequest{Action: "attached", TaskID: shown},
		fmt.Sprintf("Task %s is the result of %s: %s spent. The next \"assetform apply\" collects it at no further cost.\n", inline(shown), q.Address, s.prices().Text(q.Cost)))
	return true
}

func (s *settling) forget(ctx context.Context, q *apply.OpenQuestion) bool {
	if err := apply.ForgetIntent(ctx, s.journal, q.ID); err != nil {
		s.fail("Request not forgotten", err)
		return false
	}
	s.done(q, settledRequest{Action: "forgotten"},
		fmt.Sprintf("Forgot the request of %s. The next \"assetform apply\" may send it again.\n", q.Address))
	return true
}

// done notes what was done with a request.
func (s *settling) done(q *apply.OpenQuestion, r settledRequest, words string) {
	r.Address, r.Cost, r.Amount = q.Address.String(), s.engines.Whole(q.Cost), s.prices().Charged(q.Cost)
	s.settled = append(s.settled, r)
	s.say(words)
}

// say writes text for people: to Out, or where JSON is wanted there, to Err.
func (s *settling) say(text string) {
	if s.flags.json {
		fmt.Fprint(s.Err, printable(text))
		return
	}
	if code := s.output(text); code != ExitDone {
		s.code = code
	}
}

// showPicture shows the likely task's picture where the terminal can.
func (s *settling) showPicture(ctx context.Context, q *apply.OpenQuestion) {
	const side = 256 // pixels
	task, ok := q.Likely()
	if !ok || s.pictures == nil {
		return
	}
	show := s.pictures()
	if show == nil {
		return
	}
	gen, err := s.driver(&q.Intent)
	if err != nil {
		return // it was said why
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	picture, ok, err := apply.Preview(ctx, gen, task.ID, side)
	if err != nil {
		fmt.Fprintf(s.Err, "  Its picture cannot be shown: %s.\n", inline(s.redactor.Text(err.Error())))
	}
	if ok {
		s.write("  " + show(picture) + "\n")
	}
}

package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"assetform/apply"
	"assetform/apply/journal"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan"
)

// settledRequest is a request whose outcome is settled.
type settledRequest struct {
	Address string         `json:"address"`
	Action  string         `json:"action"` // attached or forgotten
	TaskID  string         `json:"task_id,omitempty"`
	Cost    engine.Cost    `json:"cost"` // what may have been charged, or was
	Amount  *engine.Amount `json:"amount,omitempty"`
}

// openRequest is a request whose outcome is still unknown.
type openRequest struct {
	journalTask
	Cost     engine.Cost    `json:"cost"` // what may have been charged
	Amount   *engine.Amount `json:"amount,omitempty"`
	Likely   string         `json:"likely,omitempty"`  // the one task that is likely
	Suspects []suspect      `json:"suspects"`          // newest first
	Problem  string         `json:"problem,omitempty"` // why the server's list is not known
}

// suspect is a task that could be an open request's.
type suspect struct {
	TaskID    string    `json:"task_id"`
	Status    string    `json:"status"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	Differs   []string  `json:"differs"` // fields with another value
	Hidden    []string  `json:"hidden"`  // fields that the list does not show
}

// settleDocument is the JSON document of tasks settle.
type settleDocument struct {
	FormatVersion   string           `json:"format_version"`
	Settled         []settledRequest `json:"settled"`
	Open            []openRequest    `json:"open"`
	Forgotten       engine.Cost      `json:"forgotten"`       // may have been charged for what was given up
	PerhapsCharged  engine.Cost      `json:"perhaps_charged"` // for what is open
	ForgottenAmount *engine.Amount   `json:"forgotten_amount,omitempty"`
	PerhapsAmount   *engine.Amount   `json:"perhaps_charged_amount,omitempty"`
}

// conclude prints the rest and finds the exit code.
func (s *settling) conclude() int {
	open := len(journal.Unsettled(s.engines, s.journal.Intents()))
	var forgotten engine.Cost
	n := 0
	for _, r := range s.settled {
		if r.Action == "forgotten" {
			forgotten = forgotten.Add(r.Cost)
			n++
		}
	}
	if s.flags.json {
		s.printSettled(forgotten)
	} else {
		s.say(s.summary(open, n, forgotten))
	}
	if open > 0 {
		return ExitUnknown
	}
	return s.code
}

func (s *settling) summary(open, forgotten int, sum engine.Cost) string {
	var b strings.Builder
	if len(s.questions) > 0 {
		b.WriteByte('\n')
	}
	if forgotten > 0 {
		fmt.Fprintf(&b, "%s may have been charged for the %s that %s given up.\n", s.prices().Text(sum), diag.Count(forgotten, "request"), wasOrWere(forgotten))
	}
	switch {
	case open > 0:
		fmt.Fprintf(&b, "%s still unsettled; %s may have been charged.\n%s", countIs(open, "request"), s.perhapsCharged(), settleHint)
	case len(s.settled) == 0:
		b.WriteString("Nothing is unsettled.\n")
		if at, err := s.remotePlace(s.w.project, remoteFlag{}); err == nil && at != nil {
			b.WriteString("What another machine left open is not in this journal: \"assetform tasks attach ADDR TASK_ID\" takes its task, and \"assetform tasks forget --claim ADDR\" gives it up.\n")
		}
	default:
		b.WriteString("Nothing is unsettled any more.\n")
	}
	return b.String()
}

const settleHint = `  assetform tasks list                  shows what the server has
  assetform tasks settle                asks about each request
  assetform tasks attach ADDR TASK_ID   takes a task for a request
  assetform tasks forget ADDR           gives a request up
`

func wasOrWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func countIs(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return diag.Count(n, noun) + " are"
}

// perhapsCharged is what may have been charged for what is open.
func (s *settling) perhapsCharged() string {
	return s.prices().Text(journal.PerhapsCharged(s.engines, s.journal.Intents()))
}

func (s *settling) prices() engine.Prices { return s.w.project.Prices }

func (s *settling) printSettled(forgotten engine.Cost) {
	perhaps := journal.PerhapsCharged(s.engines, s.journal.Intents())
	doc := settleDocument{
		FormatVersion: plan.FormatVersion, Settled: append([]settledRequest{}, s.settled...), Open: []openRequest{},
		Forgotten: s.engines.Whole(forgotten), PerhapsCharged: s.engines.Whole(perhaps),
		ForgottenAmount: s.prices().Amount(forgotten), PerhapsAmount: s.prices().Amount(perhaps),
	}
	for i := range s.questions {
		if in, _ := s.journal.Intent(s.questions[i].ID); in.State.Unsettled() {
			doc.Open = append(doc.Open, s.openRequest(&s.questions[i]))
		}
	}
	b, err := plan.Encode(doc)
	if err != nil {
		s.code = s.fail("Output failed", err)
		return
	}
	if code := s.outputJSON(string(b)); code != ExitDone {
		s.code = code
	}
}

func (s *settling) openRequest(q *apply.OpenQuestion) openRequest {
	o := openRequest{journalTask: newJournalTask(q.Intent), Cost: s.engines.Whole(q.Cost), Amount: s.prices().Charged(q.Cost), Suspects: []suspect{}, Problem: s.problem(q)}
	if task, ok := q.Likely(); ok {
		o.Likely = s.redactor.Text(task.ID)
	}
	for _, is := range q.Suspects {
		o.Suspects = append(o.Suspects, suspect{
			TaskID: s.redactor.Text(is.Task.ID), Status: string(is.Task.Status), CreatedAt: is.Task.Created,
			Differs: append([]string{}, is.Differs...), Hidden: append([]string{}, is.Hidden...),
		})
	}
	return o
}

// problem says why it is not known what a server's list shows; "": it is.
func (s *settling) problem(q *apply.OpenQuestion) string {
	var refused *originError
	switch {
	case q.Err == nil:
		return ""
	case errors.Is(q.Err, apply.ErrOriginNotAllowed), errors.As(q.Err, &refused):
		return waitsAt(s.engines, &q.Intent)
	case errors.Is(q.Err, apply.ErrNoList):
		return q.Err.Error()
	}
	return "the task list could not be read: " + q.Err.Error()
}

// waitsAt says that a request's server may not be asked.
func waitsAt(engines engine.Registry, in *journal.Intent) string {
	return fmt.Sprintf("it waits at %s; set %s to ask there", in.Origin, engines.Known(in.Provider).Server.URLEnv)
}

// describe is a request for people, with the tasks that could be its.
func (s *settling) describe(q *apply.OpenQuestion) string {
	const most = 5 // tasks that are shown of a request
	var b strings.Builder
	if q != &s.questions[0] {
		b.WriteByte('\n')
	}
	of := ""
	if q.Candidate > 0 {
		of = fmt.Sprintf(", candidate %d", q.Candidate)
	}
	fmt.Fprintf(&b, "%s%s: %s may have been charged\n", q.Address, of, s.prices().Text(q.Cost))
	if prompt, ok := q.Inputs["prompt"]; ok {
		fmt.Fprintf(&b, "  %s\n", shorten(inline(strings.Join(strings.Fields(prompt.String()), " ")), 70))
	}
	fmt.Fprintf(&b, "  sent %s to %s\n", q.Created.UTC().Format(time.DateTime), inline(q.Origin))
	if q.Error != "" {
		fmt.Fprintf(&b, "  %s\n", inline(q.Error))
	}
	if s.flags.forgetAll {
		return b.String()
	}
	if problem := s.problem(q); problem != "" {
		fmt.Fprintf(&b, "  %s\n", inline(problem))
		return b.String()
	}
	likely, one := q.Likely()
	for i, is := range q.Suspects {
		if i == most {
			fmt.Fprintf(&b, "  and %s more\n", diag.Count(len(q.Suspects)-i, "task"))
			break
		}
		verdict := "could be"
		if one && is.Task.ID == likely.ID {
			verdict = "likely"
		}
		is.Task.ID = s.redactor.Text(is.Task.ID)
		fmt.Fprintf(&b, "  %s: %s\n", verdict, inline(is.Words()))
	}
	if len(q.Suspects) == 0 {
		b.WriteString("  the task list shows nothing that could be its task, which does not prove that there is none\n")
	}
	return b.String()
}

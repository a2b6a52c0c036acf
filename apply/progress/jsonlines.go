package progress

import (
	"bytes"
	"encoding/json"
	"time"

	"assetform/apply"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// JSON writes each event as one JSON object on a line of its own.
func JSON(o Options) Sink {
	return start(&jsonLines{o: o, out: stream{out: o.Out}}, 0)
}

type jsonLines struct {
	engines engine.Registry // of the plan
	plan    *outline        // nil until it was announced
	free    engine.Cost     // what engines that charge nothing counted
	o       Options
	out     stream
}

// record is a line. The fields stand in the order in which they are written;
// those that an event's type does not have are left out.
type record struct {
	Type            apply.EventType   `json:"type"`
	Time            string            `json:"time"`
	FormatVersion   string            `json:"format_version,omitempty"` // version
	Version         string            `json:"version,omitempty"`
	Address         string            `json:"address,omitempty"`
	Candidate       int               `json:"candidate,omitempty"` // of several: submitted, progress, asset_failed
	Action          plan.Action       `json:"action,omitempty"`
	Phase           apply.Phase       `json:"phase,omitempty"`
	Reason          string            `json:"reason,omitempty"` // progress
	ElapsedS        *float64          `json:"elapsed_s,omitempty"`
	TaskID          string            `json:"task_id,omitempty"`
	Estimate        string            `json:"estimate,omitempty"`
	Resumed         bool              `json:"resumed,omitempty"`
	FromList        bool              `json:"from_list,omitempty"`
	Output          string            `json:"output,omitempty"`
	ContentHash     string            `json:"content_hash,omitempty"`
	Summary         *plan.Summary     `json:"summary,omitempty"` // plan
	Counts          *counts           `json:"counts,omitempty"`  // summary
	Cost            any               `json:"cost,omitempty"`
	plan.Amounts                      // of what is charged
	Origins         map[string]string `json:"origins,omitempty"`   // plan
	Uncertain       engine.Cost       `json:"uncertain,omitempty"` // summary: may have been charged on top
	UncertainAmount *engine.Amount    `json:"uncertain_amount,omitempty"`
	Diagnostic      *diag.Diagnostic  `json:"diagnostic,omitempty"`
	Transfer        *transfer         `json:"transfer,omitempty"` // transfer
	Left            *int              `json:"left,omitempty"`
	ExitCode        *int              `json:"exit_code,omitempty"`
}

// transfer says what went to the remote and came from there.
type transfer struct {
	Uploaded   int   `json:"uploaded"`
	Downloaded int   `json:"downloaded"`
	Bytes      int64 `json:"bytes"`
	Due        int   `json:"due"`
}

// counts says what an apply did.
type counts struct {
	plan.Summary
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
	Unknown int `json:"unknown"`
	Waiting int `json:"waiting,omitempty"` // for a pick
}

func (j *jsonLines) items(batch []item) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, it := range batch {
		if it.note != "" {
			continue
		}
		if err := enc.Encode(j.record(it)); err != nil {
			return err
		}
	}
	return j.out.write(b.String())
}

func (j *jsonLines) tick() error { return nil }

func (j *jsonLines) end() error { return nil }

func (j *jsonLines) record(it item) record {
	e := it.event
	r := record{
		Type: e.Type, Time: e.Time.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		Version: e.Version, Candidate: e.Candidate, Action: e.Action, Phase: e.Phase, TaskID: e.TaskID, Estimate: e.Estimate,
		Resumed: e.Resumed, FromList: e.FromList, Output: e.Output, Diagnostic: j.diagnostic(e.Diagnostic),
	}
	if !e.Address.IsZero() {
		r.Address = e.Address.String()
	}
	if e.ContentHash != (lockfile.ContentHash{}) {
		r.ContentHash = e.ContentHash.String()
	}
	switch e.Type {
	case apply.EventVersion:
		r.FormatVersion = plan.FormatVersion
	case apply.EventPlan:
		if it.plan != nil {
			j.engines, j.plan = it.plan.engines, it.plan
			r.Summary, r.Cost, r.Origins = &it.plan.summary, it.plan.cost, it.plan.origins
			r.Amounts = it.plan.amounts
		}
	case apply.EventTransfer:
		r.Transfer = &transfer{e.Transfer.Uploaded, e.Transfer.Downloaded, e.Transfer.Bytes, e.Transfer.Due}
	case apply.EventProgress:
		r.ElapsedS, r.Reason = seconds(e.Elapsed), e.Reason
	case apply.EventAssetDone, apply.EventAssetFailed:
		r.ElapsedS, r.Cost = seconds(e.Elapsed), j.engines.Whole(e.Cost)
		r.Amount = j.plan.priced(e).Charged(e.Cost)
		if e.Candidate == 0 && j.plan != nil && !j.plan.tasks[e.Address].paid { // that of a candidate counts with its asset
			j.free = j.free.Add(e.Cost)
		}
	case apply.EventSummary:
		if s := e.Summary; s != nil {
			r.Counts, r.Cost, r.Left, r.ExitCode = countsOf(s), j.engines.Whole(s.Cost), &s.Left, &s.ExitCode
			r.Amount = j.plan.money().Amount(s.Cost.Sub(j.free))
			if !s.Uncertain.IsZero() {
				r.Uncertain = j.engines.Whole(s.Uncertain)
				r.UncertainAmount = j.plan.money().Amount(s.Uncertain)
			}
		}
	}
	return r
}

func (j *jsonLines) diagnostic(d *hcl.Diagnostic) *diag.Diagnostic {
	if d == nil {
		return nil
	}
	p := j.o.printer()
	return &p.Diagnostics(hcl.Diagnostics{d})[0]
}

// seconds is a duration with milliseconds.
func seconds(d time.Duration) *float64 {
	s := float64(d.Milliseconds()) / 1000
	return &s
}

func countsOf(s *apply.Summary) *counts {
	return &counts{
		Summary: plan.Summary{
			Create: s.Done[plan.Create], Update: s.Done[plan.Update], Restore: s.Done[plan.Restore],
			Move: s.Done[plan.Move], Import: s.Done[plan.Import], Delete: s.Done[plan.Delete],
			Forget: s.Done[plan.Forget], NoOp: s.Done[plan.NoOp],
		},
		Failed: s.Failed, Skipped: s.Skipped, Unknown: s.Unknown, Waiting: s.Waiting,
	}
}

package progress

import (
	"strings"
	"time"

	"assetform/apply"
	"assetform/plan/render/cells"
)

// heartbeat is how often plain output tells how far the apply is.
const heartbeat = 30 * time.Second

// Plain writes a line for each paid task and each result, and every 30 s one
// that tells how far the apply is. It is meant for the logs of CI.
func Plain(o Options) Sink {
	return start(&plain{o: o, out: stream{out: o.Out}, tally: newTally()}, heartbeat)
}

type plain struct {
	o     Options
	out   stream
	tally *tally
	over  bool // the summary was written
}

func (p *plain) items(batch []item) error {
	var b strings.Builder
	for _, it := range batch {
		p.tally.add(it)
		if it.note != "" {
			b.WriteString(cells.Clean(it.note) + "\n")
			continue
		}
		if it.event.Type == apply.EventSummary {
			p.over = true
		}
		b.WriteString(permanent(p.o, p.tally, it.event))
	}
	return p.out.write(b.String())
}

func (p *plain) tick() error {
	if p.over || p.tally.began.IsZero() {
		return nil
	}
	return p.out.write(p.tally.text(p.o.now()) + "\n")
}

func (p *plain) end() error { return nil }

// permanent is what stays of an event: lines, each with its end.
func permanent(o Options, t *tally, e apply.Event) string {
	switch e.Type {
	case apply.EventSubmitted:
		if t.plan == nil || !t.plan.tasks[e.Address].paid {
			return "" // nothing is lost with a task of the local engine
		}
		verb := ": submitted as task "
		if e.Resumed {
			verb = ": resumes task "
		} else if e.FromList {
			verb = ": taken from the task list: task "
		}
		return cells.Clean("  "+e.Address.String()+candidate(e.Candidate)+verb+e.TaskID) + "\n"
	case apply.EventProgress:
		if e.Reason == "" {
			return ""
		}
		return cells.Clean("  "+e.Address.String()+candidate(e.Candidate)+": "+e.Reason) + "\n"
	case apply.EventAssetDone:
		return t.doneLine(e).Render(o.Color) + "\n"
	case apply.EventAssetFailed:
		s := failedLine(e).Render(o.Color) + "\n"
		if e.Diagnostic != nil {
			s += o.box(e.Diagnostic)
		}
		return s
	case apply.EventDiagnostic:
		if e.Diagnostic == nil {
			return ""
		}
		s := o.box(e.Diagnostic)
		if about := aboutLine(e); about != nil {
			s = about.Render(o.Color) + "\n" + s
		}
		return s
	case apply.EventTransfer:
		return "  " + TransferLine(e.Transfer) + "\n"
	case apply.EventSummary:
		s := "\n"
		for _, line := range t.summaryLines(e) {
			s += line.Render(o.Color) + "\n"
		}
		return s
	}
	return ""
}

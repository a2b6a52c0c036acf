package progress

import (
	"fmt"
	"strings"
	"time"

	"assetform/apply"
	"assetform/apply/remote"
	"assetform/config/diag"
	"assetform/plan"
	"assetform/plan/render/cells"
)

// doneLine is the permanent line of an asset that is done.
func (t *tally) doneLine(e apply.Event) cells.Text {
	sign, style := e.Action.Sign(), cells.Green
	if e.Action == plan.NoOp {
		sign, style = "=", cells.Grey
	}
	line := cells.Text{{Style: style, Text: sign}, {Text: " "}, {Style: cells.Bold, Text: cells.Clean(e.Address.String())}}
	if e.Output != "" {
		line = line.Add(cells.Plain, "  "+cells.Clean(e.Output))
	}
	var notes []string
	if e.Action == plan.NoOp {
		notes = append(notes, "nothing changed")
	}
	if t.plan != nil && t.plan.tasks[e.Address].sketch {
		notes = append(notes, "placeholder")
	}
	if !e.Cost.IsZero() {
		notes = append(notes, e.Cost.String()+t.plan.priced(e).Note(e.Cost))
	}
	if e.Elapsed >= time.Second/2 {
		notes = append(notes, clock(e.Elapsed))
	}
	if len(notes) > 0 {
		line = line.Add(cells.Grey, "  "+strings.Join(notes, ", "))
	}
	return line
}

// TransferLine tells what went to the remote and came from there.
func TransferLine(c remote.Counts) string {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{{c.Uploaded, "uploaded"}, {c.Downloaded, "downloaded"}} {
		if part.n > 0 {
			parts = append(parts, diag.Count(part.n, "file")+" "+part.what)
		}
	}
	if len(parts) > 0 {
		parts = append(parts, diag.Size(c.Bytes))
	} else if c.Records > 0 {
		parts = append(parts, diag.Count(c.Records, "record")+" written")
	}
	if c.Due > 0 {
		parts = append(parts, diag.Count(c.Due, "upload")+" still due")
	}
	if len(parts) == 0 {
		return "Remote: waiting for uploads."
	}
	return "Remote: " + strings.Join(parts, ", ") + "."
}

// failedLine stands above the diagnostic of an asset that failed.
func failedLine(e apply.Event) cells.Text {
	line := cells.Text{{Style: cells.Alarm, Text: "x"}, {Text: " "}, {Style: cells.Bold, Text: cells.Clean(e.Address.String()) + candidate(e.Candidate)}}
	line = line.Add(cells.Plain, "  failed")
	if e.Diagnostic != nil {
		line = line.Add(cells.Plain, ": "+cells.Clean(e.Diagnostic.Summary))
	}
	if e.Credit != "" {
		line = line.Add(cells.Grey, "  "+e.Credit)
	}
	return line
}

// aboutLine tells above a diagnostic which asset it concerns; nothing if none.
func aboutLine(e apply.Event) cells.Text {
	if e.Address.IsZero() {
		return nil
	}
	return cells.Text{{Style: cells.Yellow, Text: "!"}, {Text: " "}, {Style: cells.Bold, Text: cells.Clean(e.Address.String())}}
}

// clock writes a duration to the second.
func clock(d time.Duration) string {
	s := int(max(d, 0).Round(time.Second).Seconds())
	if s < 100 {
		return fmt.Sprintf("%d s", s)
	}
	return fmt.Sprintf("%d min %02d s", s/60, s%60)
}

// summaryLines are the end of an apply.
func (t *tally) summaryLines(e apply.Event) []cells.Text {
	s := e.Summary
	if s == nil {
		return nil
	}
	done := map[plan.Action]string{
		plan.Create: "created", plan.Update: "updated", plan.Restore: "restored", plan.Move: "moved",
		plan.Import: "imported", plan.Delete: "deleted", plan.Forget: "forgotten", plan.NoOp: "unchanged",
	}
	var parts []string
	for _, a := range plan.Actions {
		if n := s.Done[a]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, done[a]))
		}
	}
	line := cells.Text{{Style: cells.Bold, Text: "Applied:"}}
	if len(parts) == 0 {
		parts = []string{"nothing"}
	}
	line = line.Add(cells.Plain, " "+strings.Join(parts, ", ")+".")
	if bad := troubles(s); bad != "" {
		line = line.Add(cells.Plain, " ").Add(cells.Alarm, bad+".")
	}
	lines := []cells.Text{line}
	cost := t.costText(s.Cost)
	if !s.Uncertain.IsZero() {
		cost += ", perhaps " + t.plan.money().Text(s.Uncertain) + " more"
	}
	took := ""
	if d := e.Time.Sub(t.began); !t.began.IsZero() && d >= time.Second {
		took = " in " + clock(d)
	}
	lines = append(lines, cells.Text{{Style: cells.Bold, Text: "Cost:"}, {Text: " " + cost + took + "."}})
	lines = append(lines, t.undone.lines(e)...)
	if s.Waiting > 0 {
		lines = append(lines, cells.Of(fmt.Sprintf(`%s; "assetform pick --unpicked" lists what there is to pick from.`, waiting(s.Waiting))))
	}
	sketches := 0
	if t.plan != nil {
		sketches = t.plan.sketches
	}
	switch {
	case s.Left > 0 && sketches > 0: // without the flag it would pay
		lines = append(lines, cells.Of(`Run "assetform apply --placeholders" to go on with what is left.`))
	case s.Left > 0:
		lines = append(lines, cells.Of(`Run "assetform apply" to go on with what is left; nothing is paid for twice.`))
	case sketches > 0 && s.Failed+s.Skipped == 0:
		lines = append(lines, cells.Of(fmt.Sprintf(`%s in the place of results; "assetform apply" without --placeholders and --provider generates those.`, standing(sketches))))
	}
	return lines
}

func waiting(assets int) string {
	if assets == 1 {
		return "1 waits for a pick"
	}
	return fmt.Sprintf("%d wait for a pick", assets)
}

func standing(placeholders int) string {
	if placeholders == 1 {
		return "1 placeholder stands"
	}
	return fmt.Sprintf("%d placeholders stand", placeholders)
}

// troubles counts what did not get done.
func troubles(s *apply.Summary) string {
	var parts []string
	for _, p := range []struct {
		n    int
		text string
	}{{s.Failed, "failed"}, {s.Skipped, "skipped"}, {s.Unknown, "with an unknown outcome"}, {s.Left, "left"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.text))
		}
	}
	return strings.Join(parts, ", ")
}

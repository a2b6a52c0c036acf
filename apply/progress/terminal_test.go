package progress

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"assetform/apply"
	"assetform/config/address"
	"assetform/plan"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
)

func TestTerminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, 80, 24)
		s := script{Terminal(Options{Out: e, Size: e.size, Color: true}), time.Now}
		s.plan(planOf(4, "imaginator"))
		for i := range 3 {
			s.start(icon(i))
		}
		s.submit(icon(0), "1")
		s.submit(icon(1), "2")
		s.progress(icon(1), apply.PhaseDownloading)
		time.Sleep(12*time.Second + frameInterval)
		s.done(icon(1), 12*time.Second)
		time.Sleep(frameInterval)
		synctest.Wait()
		want := `+ image.icon["sword-1"]  art/icon.png  1 image credit, 12 s
+ image.icon["sword-0"]  pending     13 s of 10-30 seconds
+ image.icon["sword-2"]  waiting     13 s
[#####---------------] 1 of 4 done, 2 running, 1 image credit spent, about 1...
`
		if diff := cmp.Diff(want, e.text()); diff != "" {
			t.Errorf("while it runs (-want +got):\n%s", diff)
		}
		s.fail(icon(2), "No.")
		s.sink.Note("A note.")
		s.done(icon(0), 13*time.Second)
		s.summary(2, 1, 1)
		if err := s.sink.Close(); err != nil {
			t.Fatal(err)
		}
		want = `+ image.icon["sword-1"]  art/icon.png  1 image credit, 12 s
x image.icon["sword-2"]  failed: Task failed  nothing spent
╷
│ Error: Task failed
│
│ No.
╵
A note.
+ image.icon["sword-0"]  art/icon.png  1 image credit, 13 s

Applied: 2 created. 1 failed, 1 left.
Cost: 2 image credits spent in 13 s.
Failed:
  image.icon["sword-2"]  Task failed: it says no (nothing spent)
Not tried, since what they are made from failed: image.film
Left: image.icon["sword-2"]
Run "assetform apply" to go on with what is left; nothing is paid for twice.
`
		if diff := cmp.Diff(want, e.text()); diff != "" {
			t.Errorf("at the end (-want +got):\n%s", diff)
		}
	})
}

// In terminals of any size the finished assets stand once each, in order, in
// the scrollback, and nothing of the live lines is left.
func TestTerminalOfAnySizeKeepsWhatIsFinished(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{1, 1}, {2, 3}, {10, 4}, {19, 2}, {30, 12}, {40, 5}, {80, 24}, {200, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEmulator(t, size[0], size[1])
				s := script{Terminal(Options{Out: e, Size: e.size}), time.Now}
				const assets, atOnce = 40, 20
				s.plan(planOf(assets, "imaginator"))
				for i := range assets + atOnce {
					if i < assets {
						s.start(icon(i))
					}
					if i >= atOnce {
						s.done(icon(i-atOnce), time.Second)
					}
					time.Sleep(frameInterval)
				}
				if err := s.sink.Close(); err != nil {
					t.Fatal(err)
				}
				var want strings.Builder
				for i := range assets {
					want.WriteString(squeeze(fmt.Sprintf(`+ image.icon["sword-%d"]  art/icon.png  1 image credit, 1 s`, i)))
				}
				if got := squeeze(e.text()); got != want.String() {
					t.Errorf("got  %s\nwant %s", got, want.String())
				}
				if e.wrapped > 0 {
					t.Errorf("%d characters of live lines did not fit", e.wrapped)
				}
			})
		})
	}
}

// squeeze drops what depends on where a terminal breaks lines.
func squeeze(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }

func TestTerminalGivesWayWhenItBecomesNarrower(t *testing.T) {
	t.Parallel()
	live := planOf(2, "imaginator")
	synctest.Test(t, func(t *testing.T) {
		var columns atomic.Int64
		columns.Store(80)
		var out strings.Builder
		s := script{Terminal(Options{Out: &out, Size: func() (int, int) { return int(columns.Load()), 24 }}), time.Now}
		s.plan(live)
		s.start(icon(0))
		time.Sleep(2 * frameInterval)
		synctest.Wait()
		out.Reset()
		// The terminal breaks the two lines, of 40 and 62 cells, into six.
		columns.Store(20)
		time.Sleep(frameInterval)
		synctest.Wait()
		if n := strings.Count(out.String(), up); n != 6 {
			t.Errorf("%d rows were erased, want 6: %q", n, out.String())
		}
		if err := s.sink.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTerminalDrawsOnlyWhatChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, 80, 24)
		s := script{Terminal(Options{Out: e, Size: e.size}), time.Now}
		s.start(icon(0))
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if e.frames < 9 || e.frames > 12 {
			t.Errorf("%d frames in 10 s in which a counter of seconds ran", e.frames)
		}
		if err := s.sink.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// The emulator fails at every control character and every unknown sequence.
func TestNothingHostileReachesTheTerminal(t *testing.T) {
	t.Parallel()
	const evil = "\x1b[2J\x1b]0;title\x07\r\n\u202e\x9b31m\x00"
	for name, open := range map[string]func(Options) Sink{"terminal": Terminal, "plain": Plain} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEmulator(t, 60, 20)
				sink := open(Options{Out: e, Size: e.size})
				a := address.Address{Kind: address.Image, Name: "icon", Key: `["` + evil + `"]`}
				p := &plan.Plan{Summary: map[plan.Action]int{plan.Create: 1}, Changes: []*plan.Change{{Address: a, Action: plan.Create, Provider: "imaginator"}}}
				d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: evil, Detail: evil}
				for _, ev := range []apply.Event{
					{Type: apply.EventPlan, Plan: p}, {Type: apply.EventAssetStart, Action: plan.Create},
					{Type: apply.EventSubmitted, TaskID: evil, Estimate: evil}, {Type: apply.EventProgress, Phase: evil},
					{Type: apply.EventAssetDone, Output: evil}, {Type: apply.EventAssetFailed, Diagnostic: d}, {Type: apply.EventDiagnostic, Diagnostic: d},
				} {
					ev.Time, ev.Address = time.Now(), a
					sink.Event(ev)
					time.Sleep(31 * time.Second)
				}
				sink.Note(evil)
				if err := sink.Close(); err != nil {
					t.Fatal(err)
				}
				if got := e.text(); !strings.Contains(squeeze(got), `\x1b[2J`) || strings.ContainsAny(got, "\u202e\u009b") {
					t.Errorf("output %q", got)
				}
			})
		})
	}
}

// The time that is left is never shorter than the longest chain, nor spread
// over more tasks than there are, and what takes longer than usual hides none
// of the rest.
func TestTimeLeft(t *testing.T) {
	t.Parallel()
	now := time.Now()
	tally := newTally()
	s := script{sink: tallySink{tally}, now: func() time.Time { return now }}
	p := planOf(12, "imaginator")
	for i := 10; i < 12; i++ { // each is made from the one before
		p.Changes[i].Fingerprint.Images = []plan.Image{{Upstream: icon(i - 1)}}
	}
	s.plan(p)
	for i := range 10 {
		s.start(icon(i))
		s.submit(icon(i), "1")
	}
	now = now.Add(10 * time.Second)
	for i := range 9 {
		s.done(icon(i), 10*time.Second)
	}
	if left, ok := tally.left(now); !ok || left != 20*time.Second {
		t.Errorf("%v, %v with two in a chain behind one that is due; want 20 s", left, ok)
	}
	now = now.Add(5 * time.Minute)
	if left, ok := tally.left(now); !ok || left != 20*time.Second {
		t.Errorf("%v, %v when one is long overdue; want 20 s", left, ok)
	}
	s.done(icon(9), 310*time.Second)
	s.start(icon(10))
	s.submit(icon(10), "1")
	if left, ok := tally.left(now); !ok || left != 80*time.Second {
		t.Errorf("%v, %v; want 80 s: two one after another at 40 s", left, ok)
	}
	s.done(icon(10), 40*time.Second)
	s.start(icon(11)) // and no answer comes to its request
	now = now.Add(2 * time.Minute)
	if left, ok := tally.left(now); ok {
		t.Errorf("%v left, said of a request that hangs", left)
	}
}

// tallySink counts events.
type tallySink struct{ tally *tally }

func (s tallySink) Event(e apply.Event) {
	it := item{event: e}
	if e.Plan != nil {
		it.plan = outlineOf(e.Plan)
	}
	s.tally.add(it)
}
func (tallySink) Note(string)  {}
func (tallySink) Close() error { return nil }

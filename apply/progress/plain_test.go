package progress

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"assetform/apply"
	"assetform/config/engine"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := script{Plain(Options{Out: &out}), time.Now}
		s.plan(planOf(4, "imaginator"))
		for i := range 2 {
			s.start(icon(i))
			s.submit(icon(i), "4"+string(rune('0'+i)))
			s.progress(icon(i), apply.PhaseProcessing)
		}
		time.Sleep(20 * time.Second)
		s.done(icon(0), 20*time.Second)
		s.sink.Note("Quota: 5 left\x1b[2J")
		time.Sleep(11 * time.Second) // a heartbeat
		s.fail(icon(1), "The server says no.")
		s.sink.Event(apply.Event{Type: apply.EventDiagnostic, Time: time.Now(), Address: icon(2), Diagnostic: &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Something else", Detail: "It is odd."}})
		time.Sleep(90 * time.Second) // three more
		s.summary(1, 1, 2)
		time.Sleep(time.Hour) // and no more
		if err := s.sink.Close(); err != nil {
			t.Fatal(err)
		}
		want := `  image.icon["sword-0"]: submitted as task 40
  image.icon["sword-1"]: submitted as task 41
+ image.icon["sword-0"]  art/icon.png  1 image credit, 20 s
Quota: 5 left\x1b[2J
1 of 4 done, 1 running, 1 image credit spent, about 20 s left
x image.icon["sword-1"]  failed: Task failed  nothing spent
╷
│ Error: Task failed
│
│ The server says no.
╵
! image.icon["sword-2"]
╷
│ Warning: Something else
│
│ It is odd.
╵
1 of 4 done, 1 failed, 1 image credit spent, about 20 s left
1 of 4 done, 1 failed, 1 image credit spent, about 20 s left
1 of 4 done, 1 failed, 1 image credit spent, about 20 s left

Applied: 1 created. 1 failed, 2 left.
Cost: 1 image credit spent in 2 min 01 s.
Failed:
  image.icon["sword-1"]  Task failed: it says no (nothing spent)
Not tried, since what they are made from failed: image.film
Left:
  image.icon["sword-2"]  Something else
Left too: image.icon["sword-3"]
Run "assetform apply" to go on with what is left; nothing is paid for twice.
`
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("output (-want +got):\n%s", diff)
		}
	})
}

func TestPlainIsQuietForTheLocalEngine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := script{Plain(Options{Out: &out}), time.Now}
		s.plan(planOf(1, "local"))
		s.start(icon(0))
		s.submit(icon(0), "1")
		s.done(icon(0), time.Millisecond)
		s.summary(1, 0, 0)
		if err := s.sink.Close(); err != nil {
			t.Fatal(err)
		}
		want := "+ image.icon[\"sword-0\"]  art/icon.png  1 image credit\n\nApplied: 1 created.\nCost: nothing charged, 1 image credit counted.\n"
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("output (-want +got):\n%s", diff)
		}
	})
}

func TestHeartbeatWaitsForTheFirstEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		sink := Plain(Options{Out: &out})
		time.Sleep(5 * time.Minute)
		if err := sink.Close(); err != nil || out.String() != "" {
			t.Errorf("output %q, error %v", out.String(), err)
		}
	})
}

// The estimate of a service is not shown for what is drawn in this process.
func TestNoEstimateForTheLocalEngine(t *testing.T) {
	t.Parallel()
	for provider, want := range map[string]string{"local": "", "imaginator": "10-30 seconds"} {
		tally := newTally()
		s := script{sink: tallySink{tally}, now: time.Now}
		s.plan(planOf(1, provider))
		s.start(icon(0))
		s.submit(icon(0), "1")
		if got := tally.running[0].estimate; got != want {
			t.Errorf("%s: %q, want %q", provider, got, want)
		}
	}
}

// What was charged and what engines that charge nothing counted are two sums.
func TestCostsAreParted(t *testing.T) {
	t.Parallel()
	credits := func(n int) engine.Cost { return engine.Cost{"image_credits": n} }
	for want, test := range map[string]struct {
		paid      bool
		all, free engine.Cost
	}{
		"3 image credits spent":                    {true, credits(3), nil},
		"nothing spent":                            {true, nil, nil},
		"nothing charged":                          {false, nil, nil},
		"nothing charged, 3 image credits counted": {false, credits(3), credits(3)},
		"1 image credit spent, 2 image credits counted where nothing is charged": {true, credits(3), credits(2)},
	} {
		tally := &tally{plan: &outline{paid: test.paid}, free: test.free}
		if got := tally.costText(test.all); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

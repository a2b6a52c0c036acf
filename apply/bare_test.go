package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/enginetest"
	"assetform/apply/journal"
	"assetform/config"
	"assetform/config/address"
	"assetform/plan"
)

// driven lets a project's providers be one engine.
func driven(d engine.Driver) func(*Options) {
	return func(o *Options) {
		o.Drivers = func(config.ProviderRef) (engine.Driver, error) { return d, nil }
	}
}

// errNoClass is how a driver fails that says nothing of what its errors mean.
var errNoClass = errors.New("something went wrong")

// An engine that declares nothing charges and keeps its task ids.
func TestBareDriver(t *testing.T) {
	bubble(t, func(t *testing.T) {
		b := &enginetest.Bare{Latency: time.Second}
		p := newProject(t, newFakeAPI(), images(3))
		got := p.apply(driven(b))
		got.wantCode(t, ExitDone)
		if b.Asked() != 3 || got.Cost["image_credits"] != 3 || len(got.diags) != 0 {
			t.Errorf("%d requests, %+v\n%s", b.Asked(), got.Summary, got.text())
		}
		ids := map[string]bool{}
		for name, e := range p.lock().Assets {
			ids[e.TaskID] = true
			if !strings.HasPrefix(e.TaskID, "bare-") || e.Cost == nil || p.read(e.Output) == "" {
				t.Errorf("%s: %+v", name, e)
			}
		}
		if len(ids) != 3 {
			t.Errorf("the lock has the tasks %v", ids)
		}
		if again := p.apply(driven(b)); again.ExitCode != ExitDone || b.Asked() != 3 {
			t.Errorf("exit code %d, %d requests afterwards", again.ExitCode, b.Asked())
		}
	})
}

// Without a quota five tasks are in flight.
func TestBareDriverIsAskedForFiveAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var sent []time.Duration
		began := time.Now()
		b := &enginetest.Bare{Latency: 10 * time.Second, OnSubmit: func(int, engine.Request) (bool, error) {
			sent = append(sent, time.Since(began)) // under its lock
			return false, nil
		}}
		p := newProject(t, newFakeAPI(), images(7))
		p.apply(driven(b)).wantCode(t, ExitDone)
		if len(sent) != 7 || sent[defaultParallelism-1] > time.Second || sent[defaultParallelism] < b.Latency {
			t.Errorf("requests were sent after %v", sent)
		}
	})
}

func TestBareDriverKeepsToTheBudget(t *testing.T) {
	bubble(t, func(t *testing.T) {
		b := &enginetest.Bare{}
		p := newProject(t, newFakeAPI(), images(5))
		two := 2
		got := p.apply(driven(b), func(o *Options) { o.Max = map[string]plan.Max{"image_credits": {N: two}} })
		if b.Asked() != 2 || got.Failed != 3 || got.Cost["image_credits"] != 2 || !strings.Contains(got.text(), "Over budget") {
			t.Errorf("%d requests, %+v\n%s", b.Asked(), got.Summary, got.text())
		}
		// What has an unknown outcome binds it too.
		b = &enginetest.Bare{OnSubmit: func(n int, _ engine.Request) (bool, error) {
			if n == 1 {
				return false, errNoClass
			}
			return false, nil
		}}
		p = newProject(t, newFakeAPI(), images(5))
		got = p.apply(driven(b), func(o *Options) { o.Max, o.Parallelism = map[string]plan.Max{"image_credits": {N: two}}, 1 })
		if b.Asked() != 2 || got.Unknown != 1 || got.Failed != 3 || got.Uncertain["image_credits"] != 1 {
			t.Errorf("%d requests, %+v\n%s", b.Asked(), got.Summary, got.text())
		}
	})
}

// An error without a class is an unknown outcome: the request is not sent again
// by this run or a later one, until a person settles it.
func TestBareDriverLosesAReply(t *testing.T) {
	for _, test := range []struct {
		name   string
		taken  bool
		settle func(*testing.T, *session, *enginetest.Bare) error
		asked  int // in the end
	}{
		{"attached", true, func(t *testing.T, s *session, b *enginetest.Bare) error {
			ao := AttachOptions{
				Address: knightAddress, TaskID: "bare-7",
				Journal: s.journal, Lock: s.lock, Plan: s.plan(plan.Options{}), Driver: b,
			}
			if _, err := AttachTask(context.Background(), ao); err == nil {
				t.Error("a task that the engine does not know was attached")
			}
			ao.TaskID = "bare-1"
			_, err := AttachTask(context.Background(), ao)
			return err
		}, 1},
		{"forgotten", false, func(_ *testing.T, s *session, _ *enginetest.Bare) error {
			list, err := ForgetTasks(context.Background(), s.journal, s.plan(plan.Options{}), s.lock, knightAddress)
			if err == nil && len(list) != 1 {
				err = fmt.Errorf("forgot %v", list)
			}
			return err
		}, 2},
	} {
		bubble2(t, test.name, func(t *testing.T) {
			b := &enginetest.Bare{OnSubmit: func(n int, _ engine.Request) (bool, error) {
				if n == 1 {
					return test.taken, errNoClass
				}
				return false, nil
			}}
			p := newProject(t, newFakeAPI(), knight)
			for range 2 {
				began := time.Now()
				got := p.apply(driven(b))
				got.wantCode(t, ExitUnknown)
				checkBareUnknown(t, got, b)
				if took := time.Since(began); took > time.Second {
					t.Errorf("it looks %v for what it has no list of", took)
				}
			}
			s := p.open()
			questions := OpenQuestions(context.Background(), s.config.Engines, s.journal, s.lock, func(*journal.Intent) (engine.Driver, error) { return b, nil })
			if len(questions) != 1 || len(questions[0].Suspects) != 0 || !errors.Is(questions[0].Err, ErrNoList) {
				t.Errorf("open are %+v", questions)
			}
			if err := test.settle(t, s, b); err != nil {
				t.Error(err)
			}
			s.journal.Close()
			p.apply(driven(b)).wantCode(t, ExitDone)
			if e := p.lock().Assets["image.knight"]; b.Asked() != test.asked || e.TaskID != "bare-1" {
				t.Errorf("%d requests, task %q", b.Asked(), e.TaskID)
			}
		})
	}
}

var knightAddress, _ = address.Parse("image.knight")

func checkBareUnknown(t *testing.T, got result, b *enginetest.Bare) {
	t.Helper()
	for _, want := range []string{
		"assetform tasks attach image.knight TASK_ID", "assetform tasks forget image.knight",
		"1 image credit may have been charged", "The engine has no task list to look for it in.",
	} {
		if !strings.Contains(got.text(), want) {
			t.Errorf("message lacks %q:\n%s", want, got.text())
		}
	}
	if b.Asked() != 1 || got.Unknown != 1 || got.Uncertain["image_credits"] != 1 {
		t.Errorf("%d requests, %+v", b.Asked(), got.Summary)
	}
}

// After three unknown outcomes in a row no more is sent.
func TestBareDriverInAnOutage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		b := &enginetest.Bare{OnSubmit: func(int, engine.Request) (bool, error) { return true, errNoClass }}
		p := newProject(t, newFakeAPI(), images(20))
		got := p.apply(driven(b))
		got.wantCode(t, ExitUnknown)
		if b.Asked() != maxUnknowns || got.Unknown != maxUnknowns || !strings.Contains(got.text(), "Outcomes stay unknown") {
			t.Errorf("%d requests, %+v\n%s", b.Asked(), got.Summary, got.text())
		}
		if p.apply(driven(b)); b.Asked() != 2*maxUnknowns {
			t.Errorf("%d requests after another apply", b.Asked())
		}
	})
}

// A task that the engine does not know any more may have been charged.
func TestBareDriverForgetsATask(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newProject(t, newFakeAPI(), knight)
		b := &enginetest.Bare{Latency: time.Minute}
		p.apply(driven(b), func(o *Options) { o.Timeout = time.Second }).wantCode(t, ExitParked)
		anew := &enginetest.Bare{}
		got := p.apply(driven(anew))
		got.wantCode(t, ExitUnknown)
		if anew.Asked() != 0 || got.Uncertain["image_credits"] != 1 {
			t.Errorf("%d requests, %+v\n%s", anew.Asked(), got.Summary, got.text())
		}
		p.apply(driven(b)).wantCode(t, ExitDone)
		if b.Asked() != 1 {
			t.Errorf("%d requests", b.Asked())
		}
	})
}

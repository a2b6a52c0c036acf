package studio

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"assetform/apply/engine/imaginator"
)

func TestParseFault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Fault{
		"hang":             {Name: "hang"},
		"lose-reply=1":     {Name: "lose-reply", Count: 1},
		"http-500@read=5%": {Name: "http-500", Scope: OnRead, Percent: 5},
		"reset@result":     {Name: "reset", Scope: OnResult},
		"hang=0.5%":        {Name: "hang", Percent: 0.5},
	} {
		if got, err := ParseFault(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "fire", "hang=", "hang=0", "hang=-1", "hang=x", "hang=0%", "hang=101%", "hang=NaN%", "hang=1.5",
		"lose-reply@read", "hang@", "hang@everywhere", "=1",
	} {
		if f, err := ParseFault(text); err == nil {
			t.Errorf("%q is accepted: %+v", text, f)
		}
	}
}

// TestFaultsOnCreate plays every fault that a create request can meet over
// TCP, once, and looks at what was created.
func TestFaultsOnCreate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault   string
		created int
		check   func(t *testing.T, rep reply, err error)
	}{
		{"reset", 0, func(t *testing.T, _ reply, err error) {
			if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
				t.Errorf("error %v", err)
			}
		}},
		{"hang@create", 0, func(t *testing.T, _ reply, err error) {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
		}},
		{"http-500", 0, func(t *testing.T, rep reply, err error) {
			wantError(t, rep, 500, imaginator.CodeServerError, "")
		}},
		{"http-500-html", 0, func(t *testing.T, rep reply, err error) {
			if rep.status != 500 || !strings.HasPrefix(string(rep.body), "<!DOCTYPE html>") {
				t.Errorf("%d %s", rep.status, rep.body)
			}
		}},
		{"lose-reply", 1, func(t *testing.T, _ reply, err error) {
			if !errors.Is(err, io.EOF) {
				t.Errorf("error %v", err)
			}
		}},
		{"late-500", 1, func(t *testing.T, rep reply, err error) {
			wantError(t, rep, 500, imaginator.CodeServerError, "")
		}},
		{"truncate-json", 1, func(t *testing.T, rep reply, err error) {
			if !errors.Is(err, io.ErrUnexpectedEOF) || rep.status != 201 || !strings.HasPrefix(string(rep.body), `{"success":true`) {
				t.Errorf("%d %s %v", rep.status, rep.body, err)
			}
		}},
		{"hourly-429", 0, func(t *testing.T, rep reply, err error) {
			wantError(t, rep, 429, imaginator.CodeHourlyLimitExceeded, "")
		}},
		{"concurrent-429", 0, func(t *testing.T, rep reply, err error) {
			wantError(t, rep, 429, imaginator.CodeConcurrentLimitExceeded, "")
		}},
	} {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			f, err := ParseFault(c.fault + "=1")
			if err != nil {
				t.Fatal(err)
			}
			r := newRig(t, Options{Faults: []Fault{f}})
			tcp := r.overTCP(t)
			tcp.client.Timeout = 300 * time.Millisecond
			rep, err := tcp.try("POST", apiPath+"generate_image", `{"prompt":"x"}`)
			c.check(t, rep, err)
			page := data[imaginator.TaskPage](t, r.do("GET", apiPath+"tasks", ""))
			if page.Total != c.created {
				t.Errorf("%d tasks were created, want %d", page.Total, c.created)
			}
			r.image() // the fault is used up
		})
	}
}

// overTCP is the same server behind a real connection.
func (r *rig) overTCP(t *testing.T) *rig {
	s := httptest.NewServer(r.server)
	t.Cleanup(s.Close)
	host := strings.TrimPrefix(s.URL, "http://")
	return &rig{t, r.server, &http.Client{Transport: redirected{host}}}
}

// redirected sends every request to one host.
type redirected struct{ host string }

func (d redirected) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.URL.Host = d.host
	return http.DefaultTransport.RoundTrip(req)
}

// TestFaultsOnResults plays every fault that a download can meet.
func TestFaultsOnResults(t *testing.T) {
	t.Parallel()
	fault := func(name string) []Fault { return []Fault{{Name: name, Count: 1}} }
	for name, check := range map[string]func(t *testing.T, whole, rep reply, err error){
		"cut-download": func(t *testing.T, whole, rep reply, err error) {
			if !errors.Is(err, io.ErrUnexpectedEOF) || len(rep.body) != len(whole.body)/2 {
				t.Errorf("%d of %d bytes, %v", len(rep.body), len(whole.body), err)
			}
		},
		"slow-download": func(t *testing.T, whole, rep reply, err error) {
			if err != nil || string(rep.body) != string(whole.body) {
				t.Errorf("%d of %d bytes, %v", len(rep.body), len(whole.body), err)
			}
		},
		"wrong-media-type": func(t *testing.T, _, rep reply, err error) {
			if rep.status != 200 || !strings.HasPrefix(rep.header.Get("Content-Type"), "text/html") || !strings.Contains(string(rep.body), "<h1>") {
				t.Errorf("%d %v", rep.status, rep.header)
			}
		},
		"expire-results": func(t *testing.T, _, rep reply, err error) {
			wantError(t, rep, http.StatusGone, imaginator.CodeTaskNotFound, "expired")
		},
		"http-500@result": func(t *testing.T, _, rep reply, err error) {
			wantError(t, rep, 500, imaginator.CodeServerError, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, scope, _ := strings.Cut(name, "@")
			faults := fault(n)
			faults[0].Scope = FaultScope(scope)
			r := newRig(t, Options{Faults: faults})
			path := r.result("generate_image", `{"prompt":"x"}`)
			start := time.Now()
			rep, err := r.overTCP(t).try("GET", path, "")
			took := time.Since(start)
			check(t, r.do("GET", path, ""), rep, err)
			if name == "slow-download" && took < 100*time.Millisecond {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestFaultyReads: the task list and its like meet faults, too.
func TestFaultyReads(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Faults: []Fault{{Name: faultTruncateJSON, Scope: OnRead}, {Name: faultTaskFailed, Count: 1}}})
	id := r.image().TaskID
	if rep, err := r.overTCP(t).try("GET", apiPath+"task/"+id, ""); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%s %v", rep.body, err)
	}
	for range 60_000 {
		if rec, _ := r.server.register.list("tester", imaginator.StatusFailed, "", 0, 1); len(rec) == 1 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("the task did not fail")
}

// TestFaultPercent hits about the part that it says.
func TestFaultPercent(t *testing.T) {
	t.Parallel()
	f := newFaults([]Fault{{Name: faultHang, Percent: 30}})
	n := 0
	for range 10_000 {
		if f.hit(faultHang, OnRead) {
			n++
		}
	}
	if n < 2500 || n > 3500 {
		t.Errorf("30%% of 10,000 are %d", n)
	}
}

package watch

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
)

func TestParseLimit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Limit{
		"60s,4GiB":        {CPU: time.Minute, Heap: 4 << 30},
		" 1m30s , 512MiB": {CPU: 90 * time.Second, Heap: 512 << 20},
		"300ms,1024KiB":   {CPU: 300 * time.Millisecond, Heap: 1 << 20},
		"1h,1TiB":         {CPU: time.Hour, Heap: 1 << 40},
		"1s,77B":          {CPU: time.Second, Heap: 77},
	} {
		got, err := ParseLimit(text)
		if err != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
		if again, err := ParseLimit(got.String()); err != nil || again != got {
			t.Errorf("%v written and read is %v, %v", got, again, err)
		}
	}
	for _, text := range []string{
		"", ",", "60s", "4GiB", "4GiB,60s", "60,4GiB", "0s,4GiB", "-1s,4GiB", "60s,", "60s,4", "60s,4GB", "60s,0GiB", "60s,-1GiB",
		"60s,1.5GiB", "60s,4GiB,5GiB", "60s,99999999TiB", "99999999h,4GiB", "60s,18446744073709551615GiB", "inf,inf",
	} {
		_, err := ParseLimit(text)
		if err == nil || !strings.Contains(err.Error(), Variable) || !strings.Contains(err.Error(), `such as "60s,4GiB"`) {
			t.Errorf("%q: the error is %v", text, err)
		}
	}
}

// TestMemory keeps more than the limit alive, and then makes as much garbage,
// which does not count.
func TestMemory(t *testing.T) {
	up := make(chan *hcl.Diagnostic, 1)
	watched := func(limit uint64, work func()) {
		w := New(Limit{CPU: time.Hour, Heap: limit / slowdown}, func(d *hcl.Diagnostic, _ Place) { up <- d })
		end := w.Begin(func() Place { return Place{} })
		work()
		go end() // it does not return when the limit was passed
	}
	var kept [][]byte
	watched(memory()+64<<20, func() {
		for range 200 {
			kept = append(kept, make([]byte, 1<<20))
		}
		select {
		case d := <-up:
			if d.Summary != "Evaluation needs too much memory" {
				t.Errorf("got %v", d)
			}
		case <-time.After(time.Minute):
			t.Error("memory above the limit was not noticed")
		}
	})
	clear(kept)
	watched(memory()+256<<20, func() {
		for start := time.Now(); time.Since(start) < 4*interval; {
			kept = append(kept[:0], make([]byte, 8<<20))
		}
	})
	select {
	case d := <-up:
		t.Errorf("garbage counted: %v", d)
	case <-time.After(2 * interval):
	}
}

// TestSectionsAddUp lets many short sections pass a limit together.
func TestSectionsAddUp(t *testing.T) {
	up := make(chan *hcl.Diagnostic, 1)
	w := New(Limit{CPU: 200 * time.Millisecond / slowdown, Heap: 1 << 40}, func(d *hcl.Diagnostic, _ Place) { up <- d })
	stop := time.After(time.Minute)
	for {
		ended := make(chan bool, 1)
		end := w.Begin(nil)
		for start := time.Now(); time.Since(start) < 5*time.Millisecond; {
		}
		go func() { end(); ended <- true }()
		select {
		case d := <-up:
			if d.Summary != "Evaluation takes too long" {
				t.Errorf("got %v", d)
			}
			if w.Begin(nil); w.open != 1 {
				t.Errorf("%d sections are open, want the abandoned one", w.open)
			}
			return
		case <-ended:
		case <-stop:
			t.Fatal("the limit was not noticed")
		}
	}
}

func TestNilBoundsNothing(t *testing.T) {
	t.Parallel()
	var w *Watch
	w.Begin(nil)()
}

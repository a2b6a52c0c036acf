package studio

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assetform/apply/engine/imaginator"
)

// plenty is a key that no benchmark exhausts.
func plenty() Key {
	key := NewKey("tester", testSecret)
	key.HourlyImageCredits, key.HourlyVideos, key.ConcurrentLimit = 1<<30, 1<<30, 1<<30
	return key
}

// startBench starts a durable server behind TCP that draws nothing.
func startBench(b *testing.B) (*Server, string) {
	b.Helper()
	s, err := New(Options{DataDir: b.TempDir(), Keys: Keys{plenty()}, Renderer: blank{}, QueueLimit: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	tcp := httptest.NewServer(s)
	b.Cleanup(func() {
		tcp.Close()
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s, tcp.URL + apiPath
}

// send does one request that must be answered with the status.
func send(client *http.Client, verb, url, body string, status int) error {
	req, err := http.NewRequest(verb, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("X-API-Key", testSecret)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != status {
		return fmt.Errorf("%s %s: %s", verb, url, resp.Status)
	}
	return nil
}

// BenchmarkAccept creates tasks over TCP from 32 clients, each durable before
// it is confirmed, and waits until all are drawn.
func BenchmarkAccept(b *testing.B) {
	s, base := startBench(b)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	b.ReportAllocs()
	var n atomic.Int64
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			for n.Add(1) <= int64(b.N) {
				if err := send(client, "POST", base+"generate_image", `{"prompt":"a lighthouse"}`, 201); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
	for done := 0; done < b.N; time.Sleep(time.Millisecond) {
		_, done = s.register.list("tester", imaginator.StatusCompleted, "", 0, 0)
	}
}

// BenchmarkPoll reads tasks of 10,000 over TCP while others are being created.
func BenchmarkPoll(b *testing.B) {
	s, base := startBench(b)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	ids := fill(b, s, 10_000)
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() { // 200 new tasks a second
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if err := send(client, "POST", base+"generate_image", `{"prompt":"a lighthouse"}`, 201); err != nil {
					b.Error(err)
				}
			case <-stop:
				return
			}
		}
	})
	took := make([]time.Duration, 0, b.N)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		url := base + "task/" + ids[i*7919%len(ids)]
		if i%10 == 9 {
			url = base + "tasks?status=completed&page=3&per_page=100"
		}
		start := time.Now()
		if err := send(client, "GET", url, "", 200); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	close(stop)
	group.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// fill stores finished tasks.
func fill(tb testing.TB, s *Server, n int) []string {
	tb.Helper()
	var ids []string
	var group sync.WaitGroup
	for range n {
		rec := record{Account: "tester", Method: "generate_image", Prompt: "a lighthouse", Model: "imagen3.5"}
		t, _, no := s.register.admit(rec, plenty(), 1<<30, s.now())
		if no != nil {
			tb.Fatal(no.message)
		}
		rec = s.register.snapshot(t)
		rec.Status, rec.Completed = imaginator.StatusCompleted, s.now()
		s.register.advance(t, rec)
		close(t.stored)
		ids = append(ids, rec.taskID())
		group.Add(1)
		s.archive.put(rec, func(err error) {
			if err != nil {
				tb.Error(err)
			}
			group.Done()
		})
	}
	group.Wait()
	return ids
}

// BenchmarkStart opens a data directory with 10,000 tasks.
func BenchmarkStart(b *testing.B) {
	o := Options{DataDir: b.TempDir(), Keys: Keys{plenty()}, Renderer: blank{}}
	s, err := New(o)
	if err != nil {
		b.Fatal(err)
	}
	fill(b, s, 10_000)
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s, err := New(o)
		if err != nil {
			b.Fatal(err)
		}
		if _, total := s.register.list("tester", "", "", 0, 0); total != 10_000 {
			b.Fatalf("%d tasks", total)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

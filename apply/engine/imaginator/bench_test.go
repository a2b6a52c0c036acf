package imaginator

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"assetform/apply/engine"
)

// discard is a Sink that only counts.
type discard struct{ n int64 }

func (d *discard) Write(p []byte) (int, error) { d.n += int64(len(p)); return len(p), nil }
func (d *discard) Reset() error                { d.n = 0; return nil }

func sized(size int64) http.Handler {
	return handler(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "video/mp4")
		w.Header().Set("Content-Length", fmt.Sprint(size))
		io.Copy(w, io.LimitReader(spaces{}, size))
	})
}

// Not parallel: it looks at the allocations of the whole process.
func TestDownloadMemoryDoesNotGrowWithSize(t *testing.T) {
	const size = 32 << 20
	c := newClient(t, sized(size))
	var before, after runtime.MemStats
	var got discard
	runtime.ReadMemStats(&before)
	_, err := c.Download(t.Context(), "x", "", &got)
	runtime.ReadMemStats(&after)
	if err != nil || got.n != size {
		t.Fatalf("%d bytes, %v", got.n, err)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 1<<20 {
		t.Errorf("a download of %d bytes allocated %d", got.n, allocated)
	}
}

func BenchmarkDownload(b *testing.B) {
	for _, size := range []int64{1 << 20, 64 << 20} {
		for _, network := range []bool{false, true} {
			b.Run(fmt.Sprintf("size=%dMiB/tcp=%v", size>>20, network), func(b *testing.B) {
				c := newClient(b, sized(size))
				if network {
					c = overTCP(b, sized(size))
				}
				b.SetBytes(size)
				b.ReportAllocs()
				for b.Loop() {
					var got discard
					if _, err := c.Download(b.Context(), "x", "", &got); err != nil || got.n != size {
						b.Fatalf("%d bytes, %v", got.n, err)
					}
				}
			})
		}
	}
}

func overTCP(b *testing.B, h http.Handler) *Client {
	server := httptest.NewServer(h)
	b.Cleanup(server.Close)
	c, err := New(Config{BaseURL: server.URL + "/api/v1"})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// BenchmarkSubmitReferences sends 5 images of 2 MiB: 10 MiB in memory, held by
// the caller; what Submit allocates beside them is what counts here.
func BenchmarkSubmitReferences(b *testing.B) {
	req := engine.Request{Method: "generate_image_with_references", Params: params{"prompt": "p"}, Images: images{}}
	for range 5 {
		req.Images["references"] = append(req.Images["references"], make([]byte, 2<<20))
	}
	_, length, err := encode(req)
	if err != nil {
		b.Fatal(err)
	}
	c := overTCP(b, handler(func(w http.ResponseWriter, r *http.Request) {
		if n, err := io.Copy(io.Discard, r.Body); n != length || err != nil {
			b.Errorf("%d bytes arrived, want %d: %v", n, length, err)
		}
		w.WriteHeader(201)
		io.WriteString(w, created201)
	}))
	b.SetBytes(length)
	b.ReportAllocs()
	for b.Loop() {
		if created, err := c.Submit(b.Context(), req, "k"); err != nil || created.TaskID != "45" {
			b.Fatal(created, err)
		}
	}
}

func BenchmarkTask(b *testing.B) {
	c := newClient(b, answerWith(200, "application/json", pending))
	b.ReportAllocs()
	for b.Loop() {
		if task, err := c.Task(b.Context(), "1"); err != nil || task.Status != StatusPending {
			b.Fatal(task, err)
		}
	}
}

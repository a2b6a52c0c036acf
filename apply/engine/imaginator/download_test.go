package imaginator

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"assetform/apply/engine"
)

// result is a file on a server that cuts its answers off.
type result struct {
	data   []byte
	etag   string
	cuts   []int // bytes sent of the first answers; then whole ones
	ranges []string
	change []byte // takes data's place, with another tag, after the first answer
	ignore bool   // of Range
}

func (s *result) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	if r.Header.Get("Accept-Encoding") != "identity" {
		panic("compression asked for")
	}
	if len(s.ranges) == 2 && s.change != nil {
		s.data, s.etag = s.change, `"changed"`
	}
	from, status := 0, 200
	if value := r.Header.Get("Range"); value != "" && !s.ignore && r.Header.Get("If-Range") == s.etag {
		fmt.Sscanf(value, "bytes=%d-", &from)
		status = 206
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(s.data)-1, len(s.data)))
	}
	if s.etag != "" {
		w.Header().Set("ETag", s.etag)
	}
	w.Header().Set("Content-Type", "Image/PNG; x=y")
	body := s.data[from:]
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	if len(s.cuts) > 0 {
		n := min(s.cuts[0], len(body))
		s.cuts = s.cuts[1:]
		w.Write(body[:n])
		panic(http.ErrAbortHandler)
	}
	w.Write(body)
}

func TestCutDownloads(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("0123456789"), 50_000)
	other := bytes.Repeat([]byte("abcdefghij"), 40_000)
	for _, test := range []struct {
		name   string
		server result
		want   []byte
		ranges string
		resets int
	}{
		{"whole", result{etag: `"v1"`}, data, `[""]`, 0},
		{"resumed", result{etag: `"v1"`, cuts: []int{100_000, 0, 7}}, data, `["" "bytes=100000-" "bytes=100000-" "bytes=100007-"]`, 0},
		{"cut before its first byte", result{etag: `"v1"`, cuts: []int{0}}, data, `["" ""]`, 0},
		{"no tag", result{cuts: []int{100_000, 5}}, data, `["" "" ""]`, 2},
		{"weak tag", result{etag: `W/"v1"`, cuts: []int{100_000}}, data, `["" ""]`, 1},
		{"range ignored", result{etag: `"v1"`, ignore: true, cuts: []int{100_000}}, data, `["" "bytes=100000-"]`, 1},
		{"changed in between", result{etag: `"v1"`, change: other, cuts: []int{100_000}}, other, `["" "bytes=100000-"]`, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := test.server
				server.data = data
				var got memory
				r, err := newClient(t, &server).Download(t.Context(), "/results/x", "image/png", &got)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Bytes(), test.want) || r.Bytes != int64(len(test.want)) || r.MediaType != "image/png" {
					t.Errorf("%d bytes of %d, %+v", got.Len(), len(test.want), r)
				}
				if ranges := fmt.Sprintf("%q", server.ranges); ranges != test.ranges {
					t.Errorf("ranges %s, want %s", ranges, test.ranges)
				}
				if got.resets != test.resets {
					t.Errorf("%d resets, want %d", got.resets, test.resets)
				}
			})
		})
	}
}

// Always cut: after a byte each time, and with real progress each time.
func TestDownloadTriesAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cuts := make([]int, 1000)
		for i := range cuts {
			cuts[i] = 1
		}
		server := &result{data: make([]byte, 10_000), etag: `"v1"`, cuts: cuts}
		_, err := newClient(t, server).Download(t.Context(), "/results/x", "", &memory{})
		wantContains(t, asError(t, err).Error(), "ends after 10 bytes", "(after 10 attempts)")

		for i := range cuts {
			cuts[i] = progressBytes
		}
		server = &result{data: make([]byte, 30*progressBytes), etag: `"v1"`, cuts: cuts}
		var got memory
		_, err = newClient(t, server).Download(t.Context(), "/results/x", "", &got)
		if err != nil || got.Len() != 30*progressBytes || len(server.ranges) != 30 {
			t.Errorf("%d bytes after %d tries: %v", got.Len(), len(server.ranges), err)
		}
	})
}

func TestDownloadAnswers(t *testing.T) {
	t.Parallel()
	part := func(contentRange string) http.Handler {
		return handler(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"v1"`)
			if r.Header.Get("Range") == "" {
				w.Header().Set("Content-Length", "10")
				io.WriteString(w, "01234")
				return
			}
			w.Header().Set("Content-Range", contentRange)
			w.WriteHeader(206)
			io.WriteString(w, "56789")
		})
	}
	long := handler(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "3")
		io.WriteString(w, "01234")
	})
	encoded := handler(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "br")
		io.WriteString(w, "01234")
	})
	cutZip := handler(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(zipped("GIF89a0123456789")[:30])
	})
	bomb := handler(func(w http.ResponseWriter, _ *http.Request) { w.Write(zipped(strings.Repeat("\x00", 2_000_000))) })
	huge := handler(func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, spaces{}) })
	announced := handler(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "99999999")
		w.WriteHeader(200)
	})
	for _, test := range []struct {
		name   string
		server http.Handler
		gone   bool
		tries  int
		words  string
	}{
		{"403", answerWith(403, "application/xml", "<Error>expired"), true, 1, "403"},
		{"404", answerWith(404, "application/json", errorBody("NOT_FOUND", "no such result")), true, 1, "no such result"},
		{"410", answerWith(410, "", ""), true, 1, "410"},
		{"401", answerWith(401, "", ""), true, 1, "401"},
		{"expired token", answerWith(400, "application/xml", "<?xml version='1.0'?><Error><Code>ExpiredToken"), true, 1, `XML, not a file: "ExpiredToken"`},
		{"XML as HTML", answerWith(403, "text/html", "<Error><Code>AccessDenied"), true, 1, `XML, not a file: "AccessDenied"`},
		{"500", answerWith(500, "", ""), false, 10, "500"},
		{"204", answerWith(204, "", ""), false, 10, "not ready"},
		{"202", answerWith(202, "application/json", "{}"), false, 10, "not ready"},
		{"empty", answerWith(200, "image/png", ""), false, 10, "empty"},
		{"206 that nobody asked for", answerWith(206, "image/png", "x"), false, 1, "a part of the result"},
		{"XML", answerWith(200, "image/png", "<?xml version='1.0'?><Error><Code>NoSuchKey"), false, 1, `XML, not a file: "NoSuchKey"`},
		{"HTML as PNG", answerWith(200, "image/png", "<!doctype html><p>Session expired"), false, 1, `an HTML page, not a file: "Session expired"`},
		{"zipped HTML", answerWith(200, "image/png", string(zipped("<!doctype html><p>Session expired"))), false, 1, `"Session expired"`},
		{"JSON as PNG", answerWith(200, "image/png", `{"detail": "expired"}`), false, 1, `JSON, not a file: "{\"detail\": \"expired\"}"`},
		{"HTML", answerWith(200, "text/html", "<p>Session expired"), false, 1, `"Session expired"`},
		{"JSON", answerWith(200, "application/json", errorBody("X", "not yet "+canary)), false, 1, "not yet (sensitive value)"},
		{"encoded", encoded, false, 1, `"br"`},
		{"cut while zipped", cutZip, false, 10, "unexpected EOF"},
		{"zip bomb", bomb, false, 1, "limit of 1000000 bytes"},
		{"another part", part("bytes 4-9/10"), false, 10, "another part"},
		{"part of another size", part("bytes 5-9/11"), false, 10, "another part"},
		{"part without a range", part(""), false, 10, "another part"},
		{"longer than its length", long, false, 10, "5 of 3 bytes"},
		{"without end", huge, false, 1, "limit of 1000000 bytes"},
		{"too large by its own word", announced, false, 1, "limit of 1000000 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var tries atomic.Int32
				c := newClient(t, handler(func(w http.ResponseWriter, r *http.Request) {
					tries.Add(1)
					test.server.ServeHTTP(w, r)
				}), patient, func(cfg *Config) { cfg.Limits.ResultBytes = 1_000_000 })
				var got memory
				_, err := c.Download(t.Context(), "/r?sig=s3cret", "", &got)
				wantContains(t, asError(t, err).Error(), test.words, "GET /r: ")
				if errors.Is(err, engine.ErrResultGone) != test.gone {
					t.Errorf("ErrResultGone: %v, want %v: %v", !test.gone, test.gone, err)
				}
				if n := int(tries.Load()); n != test.tries {
					t.Errorf("%d tries, want %d", n, test.tries)
				}
				if got.Len() > 1_000_000 {
					t.Errorf("%d bytes were written", got.Len())
				}
			})
		})
	}
}

// zipped is text compressed by gzip.
func zipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.Bytes()
}

// TestBytesRule: what a file is, its bytes say, whatever the header calls it.
func TestBytesRule(t *testing.T) {
	t.Parallel()
	const png = "\x89PNG\r\n\x1a\n and the rest"
	for _, test := range []struct {
		name, header, value, body string
		status                    int
	}{
		{"HTML", "Content-Type", "text/html", png, 200},
		{"JSON", "Content-Type", "application/json; charset=utf-8", png, 200},
		{"XML", "Content-Type", "application/xml", png, 200},
		{"bytes", "Content-Type", "application/octet-stream", png, 200},
		{"no type that can be read", "Content-Type", "image/png; charset", png, 203},
		{"said to be gzip", "Content-Encoding", "gzip", png, 200},
		{"no type for a film", "Content-Type", "text/html", "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", 200},
		{"drawing", "Content-Type", "image/svg+xml", "<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", 200},
		{"unknown picture", "Content-Type", "image/avif", "\x00\x00\x00\x18ftypavif\x00\x00\x00\x00avifmif1", 200},
		{"chunked by storage", "Content-Encoding", "aws-chunked", png, 201},
		{"gzip", "Content-Encoding", "gzip", string(zipped(png)), 200},
		{"gzip in capitals", "Content-Encoding", "X-GZIP", string(zipped(png)), 200},
		{"gzip that nobody names", "Content-Type", "image/png", string(zipped(png)), 200},
		{"all as a part", "Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(png)-1, len(png)), png, 206},
		{"length too long", "Content-Length", "1000", png, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, handler(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("ETag", `"v1"`)
					if r.Header.Get("Range") != "" {
						w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
						return
					}
					w.Header().Set(test.header, test.value)
					w.WriteHeader(test.status)
					io.WriteString(w, test.body)
				}))
				var got memory
				if _, err := c.Download(t.Context(), "/r", "", &got); err != nil || got.String() != png && got.String() != test.body {
					t.Errorf("%q, %v", got.String(), err)
				}
			})
		})
	}
}

func TestDownloadResumesWithUnknownLength(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, handler(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"v1"`)
			if r.Header.Get("Range") == "" {
				io.WriteString(w, "01234")
				panic(http.ErrAbortHandler)
			}
			w.Header().Set("Content-Range", "bytes 5-9/10")
			w.WriteHeader(206)
			io.WriteString(w, "56789")
		}))
		var got memory
		if _, err := c.Download(t.Context(), "x", "", &got); err != nil || got.String() != "0123456789" {
			t.Errorf("%q, %v", got.String(), err)
		}
	})
}

// drip sends size bytes every interval, in all total, and then keeps silent.
func drip(size, total int, interval time.Duration) http.Handler {
	return handler(func(w http.ResponseWriter, r *http.Request) {
		for sent := 0; sent < total; sent += size {
			if _, err := w.Write(make([]byte, size)); err != nil {
				return
			}
			time.Sleep(interval)
		}
		if total != whole {
			<-r.Context().Done()
		}
	})
}

const whole = 1 << 20

func TestDownloadWithoutProgress(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		server http.Handler
		after  time.Duration // 0 means that it succeeds
	}{
		{"silence at once", drip(1, 0, 0), 30 * time.Second},
		{"silence after a while", drip(8<<10, 80<<10, time.Second), 39 * time.Second},
		{"a byte a second", drip(1, whole, time.Second), 30 * time.Second},
		{"slow but going on", drip(8<<10, whole, 20*time.Second), 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, test.server, func(cfg *Config) { cfg.Limits.Attempts = 1 })
				var got memory
				start := time.Now()
				_, err := c.Download(t.Context(), "x", "", &got)
				took := time.Since(start)
				if test.after == 0 {
					if err != nil || got.Len() != whole {
						t.Errorf("%d bytes, %v after %v", got.Len(), err, took)
					}
					return
				}
				wantContains(t, asError(t, err).Error(), "no progress")
				if took != test.after {
					t.Errorf("gave up after %v, want %v", took, test.after)
				}
				time.Sleep(time.Minute) // the handler's last sleep
			})
		})
	}
}

// A slow disk is not the server's fault.
type slowSink struct{ memory }

func (s *slowSink) Write(p []byte) (int, error) {
	time.Sleep(time.Hour)
	return s.memory.Write(p)
}

func TestSlowSinkIsNoStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got slowSink
		server := &result{data: make([]byte, 3*copyBuffer)}
		if _, err := newClient(t, server).Download(t.Context(), "x", "", &got); err != nil || got.Len() != 3*copyBuffer {
			t.Errorf("%d bytes, %v", got.Len(), err)
		}
	})
}

func TestSinkErrorsEndTheDownload(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	server := &result{data: []byte("x")}
	_, err := newClient(t, server).Download(context.Background(), "x", "", &memory{fail: full})
	if !errors.Is(err, full) || len(server.ranges) != 1 || !strings.Contains(err.Error(), "write the result: disk full") {
		t.Errorf("%v after %d tries", err, len(server.ranges))
	}
}

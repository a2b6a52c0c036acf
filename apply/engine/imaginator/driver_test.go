package imaginator_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"slices"
	"sync"
	"testing"

	"assetform/apply/engine"
	"assetform/apply/engine/enginetest"
	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
	"assetform/apply/studio"
	spec "assetform/config/engine"
)

const contractKey = "Key+of/the=contract"

// The driver keeps the contract before the local server, in this process and
// over TCP.
func TestDriver(t *testing.T) {
	t.Parallel()
	film, err := os.ReadFile("../../media/testdata/film.mp4")
	if err != nil {
		t.Fatal(err)
	}
	// open starts a server and returns a driver for what leads there.
	open := func(reach func(http.Handler, *imaginator.Config) string) func(*testing.T) (engine.Driver, func() []engine.Request) {
		return func(t *testing.T) (engine.Driver, func() []engine.Request) {
			s, err := studio.New(studio.Options{Keys: studio.Keys{studio.NewKey("suite", contractKey)}, Renderer: renderer{film}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			r := &recorder{next: s}
			cfg := imaginator.Config{APIKey: imaginator.NewSecret(contractKey)}
			cfg.BaseURL = reach(r, &cfg) + "/api/v1"
			c, err := imaginator.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			return imaginator.NewDriver(c), r.taken
		}
	}
	t.Run("handler", func(t *testing.T) {
		t.Parallel()
		enginetest.Run(t, enginetest.Case{Engine: &imaginator.Engine, Secret: contractKey, Open: open(func(h http.Handler, cfg *imaginator.Config) string {
			cfg.Transport = enginetest.HandlerTransport(h)
			return "http://studio.invalid"
		})})
	})
	t.Run("tcp", func(t *testing.T) {
		t.Parallel()
		enginetest.Run(t, enginetest.Case{Engine: &imaginator.Engine, Secret: contractKey, Open: open(func(h http.Handler, _ *imaginator.Config) string {
			s := httptest.NewServer(h)
			t.Cleanup(s.Close)
			return s.URL
		})})
	})
}

// A renderer makes results that have the shape that was asked for, in no time.
type renderer struct{ film []byte }

func (r renderer) Render(_ context.Context, w io.Writer, job sketch.Job, f sketch.Format) error {
	if f != sketch.PNG {
		_, err := w.Write(r.film)
		return err
	}
	size := map[string]image.Point{"landscape": {16, 9}, "portrait": {9, 16}, "square": {9, 9}}[job.Text("aspect_ratio")]
	return png.Encode(w, image.NewPaletted(image.Rectangle{Max: size}, color.Palette{color.Black}))
}

// A recorder keeps the create requests that the server behind it accepts.
type recorder struct {
	next http.Handler

	mu       sync.Mutex
	accepted []engine.Request
	failed   error
}

func (r *recorder) taken() []engine.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed != nil {
		panic(r.failed)
	}
	return slices.Clone(r.accepted)
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodPost {
		r.next.ServeHTTP(w, req)
		return
	}
	body, err := io.ReadAll(req.Body)
	req.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	r.next.ServeHTTP(answer, req)
	if answer.Code == http.StatusCreated {
		r.mu.Lock()
		ask, undecoded := decode(path.Base(req.URL.Path), body)
		r.accepted = append(r.accepted, ask)
		if err != nil || undecoded != nil {
			r.failed = fmt.Errorf("%v, %v: %q", err, undecoded, body)
		}
		r.mu.Unlock()
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

// decode returns what a body asks for, by the names in the engine's table.
func decode(name string, body []byte) (engine.Request, error) {
	r := engine.Request{Method: name, Params: map[string]any{}, Images: map[string][][]byte{}}
	var fields map[string]json.RawMessage
	err := json.Unmarshal(body, &fields)
	m := imaginator.Engine.Method(name)
	if err != nil || m == nil {
		return r, fmt.Errorf("method %q: %w", name, err)
	}
	for _, p := range m.Params {
		raw, given := fields[p.Field()]
		if !given {
			continue
		}
		delete(fields, p.Field())
		switch p.Type {
		case spec.String:
			r.Params[p.Name], err = as[string](raw)
		case spec.Integer:
			r.Params[p.Name], err = as[int64](raw)
		case spec.Number:
			r.Params[p.Name], err = as[float64](raw)
		case spec.Boolean:
			r.Params[p.Name], err = as[bool](raw)
		}
		if err != nil {
			return r, err
		}
	}
	for _, in := range m.Inputs {
		raw, given := fields[in.Field()]
		if !given {
			continue
		}
		delete(fields, in.Field())
		if !in.List {
			raw = slices.Concat([]byte("["), raw, []byte("]"))
		}
		texts, err := as[[]string](raw)
		if err != nil {
			return r, err
		}
		for _, text := range texts {
			b, err := base64.StdEncoding.Strict().DecodeString(text)
			if err != nil {
				return r, err
			}
			r.Images[in.Name] = append(r.Images[in.Name], b)
		}
	}
	if len(fields) > 0 {
		return r, fmt.Errorf("fields of no row: %v", fields)
	}
	return r, nil
}

func as[T any](raw json.RawMessage) (v T, err error) {
	err = json.Unmarshal(raw, &v)
	return v, err
}

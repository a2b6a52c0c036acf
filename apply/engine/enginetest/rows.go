package enginetest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math"

	"assetform/apply/engine"
	"assetform/config/address"
	spec "assetform/config/engine"
	"assetform/lockfile"
)

// What the suite takes from the engine's table stands in this file alone.

// checkRow refuses what no row of the table is for.
func checkRow(e *spec.Engine, r engine.Request) error {
	m := e.Method(r.Method)
	if m == nil {
		return fmt.Errorf("unknown method %q", r.Method)
	}
	for name := range r.Params {
		if _, known := m.Param(name); !known {
			return fmt.Errorf("%s takes no parameter %q", r.Method, name)
		}
	}
	for name := range r.Images {
		if _, known := m.Input(name); !known {
			return fmt.Errorf("%s takes no image %q", r.Method, name)
		}
	}
	return nil
}

// asking is a request with a prompt and what the method needs.
func asking(m *spec.Method, prompt string) engine.Request {
	r := engine.Request{Method: m.Name, Params: map[string]any{}, Images: map[string][][]byte{}}
	for _, p := range m.Params {
		if p.Required || p.Name == "prompt" {
			r.Params[p.Name] = prompt
		}
	}
	for _, in := range m.Inputs {
		if in.Required {
			r.Images[in.Name] = [][]byte{Picture(in.Name)}
		}
	}
	return r
}

// with is the request with one parameter set.
func with(r engine.Request, name string, v any) engine.Request {
	r.Params = maps.Clone(r.Params)
	r.Params[name] = v
	return r
}

// withImages is the request with one input set.
func withImages(r engine.Request, name string, images ...[]byte) engine.Request {
	r.Images = maps.Clone(r.Images)
	r.Images[name] = images
	return r
}

// values are worth sending for a parameter: where a text, a number or a flag
// may be lost or changed on its way, and all of an enumeration.
func values(p spec.Param) []any {
	switch {
	case len(p.Values) > 0:
		var all []any
		for _, v := range p.Values {
			all = append(all, v)
		}
		return all
	case p.Type == spec.Integer:
		return []any{int64(1), int64(1<<53 + 1), int64(math.MaxInt64)}
	case p.Type == spec.Number:
		return []any{0.25, 3.0}
	case p.Type == spec.Boolean:
		return []any{true, false}
	default:
		return []any{"A \"red\" <b>castle</b> & a\\b, 1/2 = 50%\nin Zürich, 東京 🏰"}
	}
}

// sent tells whether the parameter is part of a request to the engine.
func sent(p spec.Param) bool { return !p.Unsent }

// queryOf is the request as it would be recorded.
func queryOf(e *spec.Engine, r engine.Request) engine.Query {
	m := e.Method(r.Method)
	q := engine.Query{Kind: m.Kind, Method: m, Inputs: lockfile.Inputs{}}
	for name, v := range r.Params {
		switch v := v.(type) {
		case string:
			q.Inputs[name] = lockfile.Text(v)
		case int64:
			q.Inputs[name] = lockfile.Int(v)
		case float64:
			q.Inputs[name] = lockfile.Number(v)
		case bool:
			q.Inputs[name] = lockfile.Bool(v)
		}
	}
	return q
}

// plainImage is the method for an image from words alone.
func plainImage(e *spec.Engine) *spec.Method {
	for _, m := range e.Methods {
		if m.Kind == address.Image && len(m.Inputs) == 0 {
			return m
		}
	}
	return nil
}

// Picture is a small PNG; each seed has another.
func Picture(seed string) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, 8, 6))
	for i := range m.Pix {
		m.Pix[i] = byte(i)
		if len(seed) > 0 {
			m.Pix[i] += seed[i%len(seed)] * byte(i+1)
		}
	}
	m.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err) // into memory
	}
	return b.Bytes()
}

package sketch

import (
	"slices"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
	spec "assetform/config/engine"
)

// Engine is the built-in engine: it makes what the real service can make, for
// nothing, and where no provider is declared.
var Engine = func() spec.Engine {
	e := imaginator.Engine
	e.Type, e.Title = "local", "the local engine"
	e.Free, e.Embedded, e.Captions = true, true, true
	e.Server = spec.Server{URLEnv: "ASSETFORM_LOCAL_BASE_URL"}
	e.Limits = spec.Limits{Concurrent: e.Limits.Concurrent}
	e.Methods = bounded(e.Methods)
	return e
}()

// bounded is methods whose prompts are no longer than this engine takes.
func bounded(methods []*spec.Method) []*spec.Method {
	list := make([]*spec.Method, len(methods))
	for i, m := range methods {
		own := *m
		own.Params = slices.Clone(m.Params)
		for j := range own.Params {
			if own.Params[j].Prose {
				own.Params[j].Max = MaxPrompt
			}
		}
		list[i] = &own
	}
	return list
}

// Open returns a driver: one that draws in this process, or, with an address,
// that of a local server which speaks the service's API.
func Open(s engine.Settings) (engine.Driver, error) {
	if s.BaseURL == "" {
		d := New(s.Unwritten)
		if s.Log != nil {
			d.log = s.Log
		}
		return d, nil
	}
	return imaginator.OpenLocal(s)
}

package engine

import (
	"log/slog"

	"assetform/config/diag"
	spec "assetform/config/engine"
)

// An Engine is what an engine can do, as data, together with how its driver is
// had.
type Engine struct {
	Spec *spec.Engine
	// Open returns a driver. It sends nothing. It fails if the settings cannot
	// be used.
	Open func(Settings) (Driver, error)
	// Make returns what an engine that derives has in place of a driver.
	Make func(MakerSettings) Maker
}

// Settings say how a driver reaches its engine, and what it must keep to
// itself.
type Settings struct {
	BaseURL string // "" for an engine in this process
	Key     string // "" for none
	// Loopback says that the server must be on this machine.
	Loopback  bool
	UserAgent string
	Log       *slog.Logger
	// Redactor takes secrets out of the engine's words.
	Redactor *diag.Redactor
	// Unwritten says of a prompt that it must not be read on what is made; nil:
	// all may.
	Unwritten func(prompt string) bool
}

// Registry is what engines can do. It panics where their tables contradict
// each other, which is a bug.
func Registry(engines []Engine) spec.Registry {
	var specs []*spec.Engine
	for _, e := range engines {
		specs = append(specs, e.Spec)
	}
	r, err := spec.NewRegistry(specs...)
	if err != nil {
		panic("engines: " + err.Error())
	}
	return r
}

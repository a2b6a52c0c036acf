package engine

import (
	"strings"
	"testing"

	"assetform/config/address"
)

// Engines that contradict each other, or the language, are no registry.
func TestRegistryRefuses(t *testing.T) {
	t.Parallel()
	with := func(typ string, m Method, units ...Unit) *Engine {
		m.Name, m.Kind = "make", address.Image
		return &Engine{Type: typ, Units: units, Methods: []*Method{&m}}
	}
	words := Param{Name: "words"}
	for want, engines := range map[string][]*Engine{
		"there twice":              {with("a", Method{}), with("a", Method{})},
		"has no type":              {with("", Method{})},
		"attribute of every asset": {with("a", Method{Params: []Param{{Name: "count", Type: Integer}}})},
		"and elsewhere":            {with("a", Method{Params: []Param{words}}), with("b", Method{Inputs: []Input{{Name: "words"}}})},
		"none of the engine's":     {with("a", Method{Price: Price{Unit: "threads", Amount: 1}})},
		"with other words":         {with("a", Method{}, Unit{"threads", "Threads."}), with("b", Method{}, Unit{"threads", "Others."})},
	} {
		if _, err := NewRegistry(engines...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	r, err := NewRegistry(with("a", Method{Params: []Param{words}}, Unit{"threads", "Threads."}), with("b", Method{Params: []Param{words}}))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Charges("a") || !r.Charges("unknown") || r.Method("b", "make") == nil || r.Method("unknown", "make") != nil || r.Whole(nil)["threads"] != 0 || len(r.Whole(nil)) != 1 {
		t.Error("the registry does not say what its engines do")
	}
}

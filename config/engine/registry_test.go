package engine

import (
	"slices"
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
	derives := func(change func(*Engine), m Method) *Engine {
		m.Name = "make"
		e := &Engine{Type: "d", Free: true, Derives: true, Methods: []*Method{&m}}
		change(e)
		return e
	}
	same := func(*Engine) {}
	accept := func(v any) (any, error) { return v, nil }
	block := Param{Name: "b", Type: Boolean}
	for want, engines := range map[string][]*Engine{
		"it is free":        {derives(func(e *Engine) { e.Free = false }, Method{Kind: address.Atlas})},
		"no server":         {derives(func(e *Engine) { e.Server.KeyEnv = "KEY" }, Method{Kind: address.Atlas})},
		"kinds of its own":  {derives(same, Method{Kind: address.Image})},
		"what generates":    {derives(func(e *Engine) { e.Derives = false }, Method{Kind: address.Atlas})},
		"no address":        {derives(same, Method{Kind: "shape"})},
		"already, of engin": {derives(same, Method{Kind: address.Atlas}), derives(func(e *Engine) { e.Type = "e" }, Method{Kind: address.Atlas})},
		"is no list":        {derives(same, Method{Kind: address.Atlas, Inputs: []Input{{Name: "a", Named: true}}})},
		"with text":         {derives(same, Method{Kind: address.Atlas, Inputs: []Input{{Name: "a", Text: true, List: true}}})},
		"by a function":     {derives(same, Method{Kind: address.Atlas, Params: []Param{{Name: "a", Type: Setting}}})},
		"nothing else, is":  {derives(same, Method{Kind: address.Atlas, Params: []Param{{Name: "a", Accept: accept}}})},
		"its block":         {derives(same, Method{Kind: address.Atlas, Params: []Param{{Name: "a", Block: "b"}}})},
		"the block stands":  {derives(same, Method{Kind: address.Atlas, Params: []Param{{Name: "b"}, {Name: "a", Block: "b"}}})},
		"b_a":               {derives(same, Method{Kind: address.Atlas, Params: []Param{block, {Name: "a", Block: "b"}, {Name: "b_a"}}})},
		"of every asset":    {derives(same, Method{Kind: address.Atlas, Params: []Param{block, {Name: "dynamic", Block: "b"}}})},
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

// What derives has kinds of its own, and is no type of provider.
func TestDeriving(t *testing.T) {
	t.Parallel()
	d := &Engine{Type: "d", Free: true, Derives: true, Methods: []*Method{
		{Name: "sheet", Kind: address.Atlas, Params: []Param{
			{Name: "edge", Type: Boolean}, {Name: "count", Block: "edge", Type: Integer}, {Name: "soft", Block: "edge", Type: Number},
		}},
		{Name: "cut", Kind: address.Variant},
	}}
	r, err := NewRegistry(d, &Engine{Type: "a"})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Kinds(); !slices.Equal(got, []address.Kind{address.Image, address.Video, address.Atlas, address.Variant}) {
		t.Errorf("the kinds are %q", got)
	}
	if got := (Registry{}).Kinds(); !slices.Equal(got, []address.Kind{address.Image, address.Video}) {
		t.Errorf("without engines the kinds are %q", got)
	}
	if r.Deriving(address.Variant) != d || r.Deriving(address.Export) != nil || r.Deriving(address.Image) != nil {
		t.Error("the registry does not know who derives what")
	}
	if got := r.Types(); !slices.Equal(got, []string{"a"}) {
		t.Errorf("the types of providers are %q", got)
	}
	sheet := d.Methods[0]
	if p, ok := sheet.Param("edge_soft"); !ok || p.Name != "soft" || p.Field() != "edge_soft" {
		t.Errorf("edge_soft is %+v", p)
	}
	if _, ok := sheet.Param("soft"); ok || !slices.Equal(sheet.Blocks(), []string{"edge"}) {
		t.Errorf("the blocks are %q", sheet.Blocks())
	}
}

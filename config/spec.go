package config

import (
	"crypto/sha256"
	"image"
	"path"
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/engine"
	"assetform/config/format"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Spec is one wanted asset after evaluation: everything that a generation
// depends on, except for the bytes of its input images.
type Spec struct {
	Address  address.Address
	Method   *engine.Method
	Provider ProviderRef
	// StandsFor is the asset's own provider where the embedded engine draws a
	// placeholder in its place; zero everywhere else.
	StandsFor ProviderRef
	// Dir is the root module's directory, relative to the project's root.
	Dir string
	// Output is the path of the file to write, relative to the root module's
	// directory, with slashes ("../" where the project root lies above it).
	Output string
	// Params holds every parameter that will be sent, defaults and the
	// method's own defaults included, in the method's order. Those of a nested
	// block that does not stand are not there.
	Params []Param
	// Inputs holds the input images in the method's order; a list has one
	// Input for each image, in its order, a map in that of its keys. A list that
	// takes whole blocks is sorted by address, each asset once.
	Inputs []Input
	// Revision is the whole number that asks for another take; part of the
	// inputs hash, never sent.
	Revision int64
	// Candidates is how many results there are to pick from, at least 1. It is
	// no input: each candidate has inputs of its own.
	Candidates int
	// Triggers are the assets of replace_triggered_by, sorted, each once.
	Triggers []address.Address
	// References are all assets that any expression of this asset's block
	// reads (input images and triggers included), sorted, each once. An
	// address without a key, of a block with instances, stands for any of
	// them: `image.icon[each.key]` reads image.icon.
	References []address.Address

	// Alt says in words, for people, what the asset shows; "": nothing does. It
	// is no input.
	Alt string

	Lifecycle Lifecycle

	// Range is the definition range of the asset's block, OutputRange that of
	// the expression that gave the output path.
	Range       hcl.Range
	OutputRange hcl.Range

	// checks evaluates postconditions; nil when there are none.
	checks func(self Self) hcl.Diagnostics
}

// Param is one evaluated parameter.
type Param struct {
	Name      string    // its key in the lock: the attribute, or BLOCK_ATTRIBUTE of a nested block
	Value     any       // string (normalised), int64, float64, bool or, of a setting, []string or []float64
	IsDefault bool      // equals the method's documented default: sent, but not hashed and not in the lock
	Sensitive bool      // the value holds something sensitive: shown nowhere, only hashed
	Range     hcl.Range // the expression it came from; of the asset's block when nothing set it
}

// Input is one evaluated input image: an asset or a file.
type Input struct {
	Name string // attribute and key in the lock
	List bool   // part of a list
	// Member is the image's own name in a list that has names, "" in others. It
	// is part of what is asked for.
	Member string
	// Text is the content hash of a file with text, as it is hashed: without line
	// ends of other systems and a byte order mark; zero for what is none.
	Text [sha256.Size]byte
	// Upstream is the asset whose output is the image; zero when it is a file.
	Upstream address.Address
	// Path is the image's file relative to the root module's directory: the
	// upstream's output, or the file that was named.
	Path string
	// File is what the head of a file that was named says of it.
	File  FileHead
	Range hcl.Range
}

// FileHead is what the head of a picture's or film's file says; what it does not
// say is zero.
type FileHead struct {
	Type string      // its media type
	Size image.Point // in pixels, of a picture as it is displayed
}

// Lifecycle is the evaluated lifecycle block of an asset.
type Lifecycle struct {
	// Declared tells whether the block stands in the configuration (then what
	// the lock protects and the block does not is lifted).
	Declared          bool
	PreventDestroy    bool
	PreventRegenerate bool
	// IgnoreChanges names the inputs whose difference alone plans nothing;
	// IgnoreAll is the keyword all.
	IgnoreChanges []string
	IgnoreAll     bool
}

// Self is what a postcondition sees of a result.
type Self struct {
	Width, Height int
	Bytes         int64
	Duration      float64 // seconds; 0 for images
	MediaType     string
}

// Making is what the configuration knows of a derived asset before it is made.
// know tells what is known of another asset.
func (s *Spec) Making(know func(*engine.MakingSource)) engine.Making {
	m := engine.Making{Address: s.Address, Dir: s.Dir, Output: s.Output, Params: map[string]any{}}
	for _, p := range s.Params {
		if !p.IsDefault {
			m.Params[p.Name] = p.Value
		}
	}
	for _, in := range s.Inputs {
		source := engine.MakingSource{
			Input: in.Name, Member: in.Member, Path: in.Path, Address: in.Upstream,
			MediaType: in.File.Type, Width: in.File.Size.X, Height: in.File.Size.Y,
		}
		if !in.Upstream.IsZero() {
			source.MediaType = format.TypeOf(path.Ext(in.Path))
			know(&source)
		}
		m.Sources = append(m.Sources, source)
	}
	return m
}

// LeavesDir tells whether a path of the asset leads out of the root module's
// directory: what it is called by others depends on that directory's name.
func (s *Spec) LeavesDir() bool {
	return strings.HasPrefix(s.Output, "../") || slices.ContainsFunc(s.Params, func(p Param) bool {
		of, _ := s.Method.Param(p.Name)
		dir, _ := p.Value.(string)
		return of.Directory && (dir == ".." || strings.HasPrefix(dir, "../"))
	})
}

// Own is the provider whose result the asset is for, whoever draws today.
func (s *Spec) Own() ProviderRef {
	if s.StandsFor != (ProviderRef{}) {
		return s.StandsFor
	}
	return s.Provider
}

// Check evaluates the asset's postconditions against a result.
func (s *Spec) Check(self Self) hcl.Diagnostics {
	if s.checks == nil {
		return nil
	}
	return s.checks(self)
}

// Param returns the parameter with that key.
func (s *Spec) Param(name string) (Param, bool) {
	for _, p := range s.Params {
		if p.Name == name {
			return p, true
		}
	}
	return Param{}, false
}

// takeUsual finds out which values are the defaults of such an output.
func (s *Spec) takeUsual() {
	for i := range s.Params {
		p := &s.Params[i]
		of, ok := s.Method.Param(p.Name)
		if ok && of.Usual != nil && !p.IsDefault {
			p.IsDefault = sameValue(p.Value, of.Usual(s.Output))
		}
	}
}

// Cost is what one generation of this asset costs.
func (s *Spec) Cost() engine.Cost {
	return s.Method.Cost(func(name string) any {
		p, _ := s.Param(name)
		return p.Value
	})
}

// Variant is the value by which people tell what the method costs, such as its
// model; "" where there is none.
func (s *Spec) Variant() string {
	p, _ := s.Param(s.Method.Price.By)
	text, _ := p.Value.(string)
	return text
}

// ProviderRef names the provider that generates an asset.
type ProviderRef struct {
	Type  string // of its engine: what the inputs hash and the lock hold
	Alias string // empty for the default one
}

// String returns the type, or "type.alias".
func (r ProviderRef) String() string {
	if r.Alias == "" {
		return r.Type
	}
	return r.Type + "." + r.Alias
}

// Provider is an evaluated provider block.
type Provider struct {
	Ref     ProviderRef
	BaseURL string // as the block says; Project.Endpoint knows where requests go
	// APIKey is the key that the block gives; empty: that of the environment.
	// It must reach no output of any kind.
	APIKey        string
	MaxConcurrent int  // 0: not set
	NoCaption     bool // no prompt is written on what it makes; no part of the inputs hash
	Range         hcl.Range
	BaseURLRange  hcl.Range // zero without a base_url
}

// Budget is the assetform block's budget.
type Budget struct {
	Limits map[string]int // by unit; what is not there is not limited
	Range  hcl.Range
}

// OutputValue is an evaluated output block of the root module.
type OutputValue struct {
	Name        string
	Description string
	Sensitive   bool
	Value       cty.Value // unmarked
	Range       hcl.Range
}

package config

import (
	"crypto/sha256"

	"assetform/config/address"
	"assetform/config/engine"
	"assetform/config/origin"
	"assetform/config/watch"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Options say where a configuration stands and what it is evaluated with.
type Options struct {
	Dir         string // directory of the root module
	Engines     engine.Registry
	ToolVersion string // checked against required_version
	// Vars are the --var and --var-file flags in the order of the command
	// line; a later one wins.
	Vars []VarFlag
	// Environ are the process's environment variables, "NAME=value";
	// ASSETFORM_VAR_name is read from them.
	Environ []string
	// Ask is asked for a variable without a value; nil: a missing variable is
	// an error.
	Ask func(name, description string, sensitive bool) (string, error)
	// Provider names the embedded engine, which then draws placeholders for the
	// assets of every other provider; "": each asset has its own.
	Provider string
	// Recorded are values of a saved plan. They take the place of flags,
	// files and environment for the variables they name.
	Recorded map[string]cty.Value
	// NeedKeys: a variable that only a provider's api_key uses must have a
	// value, as apply wants it. Otherwise it is neither asked for nor missed.
	NeedKeys bool
	// NamesOnly: nothing is evaluated but which instances modules have, until
	// SameNamed asks. The Project has no assets.
	NamesOnly bool
	// Witness notes what is learnt of the disk below the project root; nil:
	// nobody asks.
	Witness *worktree.Witness
	// Watch bounds what evaluation takes: Load, Eval and the postconditions
	// of the project together. nil: nothing is bounded.
	Watch *watch.Watch
}

// VarFlag is one --var or --var-file.
type VarFlag struct {
	File  string // path of a variables file (HCL or JSON) relative to the working directory, or
	Name  string // the name and
	Value string // the text of a single value
}

// Project is an evaluated configuration.
type Project struct {
	Engines engine.Registry

	Dir  string // absolute directory of the root module
	Root string // absolute directory of the project root
	// Files are the parsed files by the name that ranges carry, for
	// diagnostics' snippets.
	Files map[string]*hcl.File

	// Placeholders: placeholders are drawn for what has no result, and what
	// exists is left alone.
	Placeholders bool

	// Provenance is what generated pictures say of where they came from.
	Provenance Provenance

	Specs     []*Spec // sorted by address
	Providers map[ProviderRef]*Provider
	Budget    Budget
	Prices    engine.Prices // in the currency of the project; zero: none are declared
	Remote    Remote        // as the configuration has it; the environment may name another
	Outputs   []OutputValue // sorted by name
	Moved     []Moved
	Removed   []Removed
	Imports   []Import

	Variables []VariableValue // of the root module, sorted by name
	// Reads are the digests of every file that evaluation read: config files,
	// variable files, files read by functions. Keys are paths relative to the
	// project root ("abs:" and the path for files outside it).
	Reads map[string][sha256.Size]byte
	// Secrets are the texts of all sensitive values, for scrubbing what a
	// server says before it is shown or stored.
	Secrets []string

	bySpec     map[address.Address]*Spec
	order      []*Spec // each behind those whose images it takes and that trigger its replacement; otherwise by address
	dependants map[address.Address][]*Spec
	console    *console // nil when the directory could not be opened

	allowed map[string]origin.Allowed // what the environment names beside the defaults, by type of provider
}

// Spec returns the asset at that address, or nil.
func (p *Project) Spec(a address.Address) *Spec { return p.bySpec[a] }

// VariableValue is the value that a root variable has in this run.
type VariableValue struct {
	Name      string
	Value     cty.Value // unmarked
	Sensitive bool
	// OnlyKey tells that nothing but a provider's api_key uses it: it is in
	// no digest and may be missing everywhere but in apply.
	OnlyKey bool
	Missing bool // OnlyKey and no value was given
}

// Moved is a moved block; an address without a key moves all instances, a
// module address everything below it.
type Moved struct {
	From, To address.Target
	Range    hcl.Range
}

// Removed is a removed block.
type Removed struct {
	From    address.Target
	Destroy bool // false: the file stays, only the lock forgets it
	Range   hcl.Range
}

// Import is an import block: the file at that asset's output path becomes the
// result of today's inputs.
type Import struct {
	To    address.Address
	Range hcl.Range
}

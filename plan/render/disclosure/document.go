package disclosure

import (
	"cmp"
	"slices"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/lockfile"
)

// formatVersion is the version of the JSON. A minor step adds fields.
const formatVersion = "1.0"

// Document is the list; as JSON it is what programs read.
type Document struct {
	FormatVersion string  `json:"format_version"`
	Assets        []Asset `json:"assets"` // by address, in byte order
}

// Asset is one row. What is not known, or not to be claimed, is empty.
type Asset struct {
	Address    string            `json:"address"`
	Output     string            `json:"output"`
	Kind       address.Kind      `json:"kind"`
	Made       string            `json:"made"`                  // Generated, Placeholder, Derived or ByHand
	SourceType string            `json:"source_type,omitempty"` // of IPTC's digital source types
	Provider   string            `json:"provider,omitempty"`
	Model      string            `json:"model,omitempty"`
	Method     string            `json:"method,omitempty"`
	Prompt     string            `json:"prompt,omitempty"`
	Seed       any               `json:"seed,omitempty"`    // int64, or diag.Sensitive
	Sources    []string          `json:"sources,omitempty"` // addresses and content hashes, in the order of the inputs' names
	Marks      map[string]string `json:"marks,omitempty"`   // that the file carries
}

// Who made an asset.
const (
	Generated   = "generated"
	Placeholder = "placeholder" // a sketch, where the result belongs
	Derived     = "derived"     // from other files of the project
	ByHand      = "by hand"
)

// IPTC's digital source types of what is generated: by a trained model, and by
// a program that has none.
const (
	trained     = "trainedAlgorithmicMedia"
	algorithmic = "algorithmicMedia"
)

// Names of inputs and marks in the lock.
const (
	inputModel     = "model"
	inputPrompt    = "prompt"
	inputSeed      = "seed"
	markSourceType = "source_type"
)

// Of lists the generated assets of a lock, or all of them. It fails where the
// lock has an address that is none.
func Of(lock *lockfile.Lock, engines engine.Registry, all bool) (Document, error) {
	doc := Document{FormatVersion: formatVersion, Assets: []Asset{}}
	known := findOrigins(lock, engines)
	for _, text := range lock.Addresses() {
		at, err := address.Parse(text)
		if err != nil {
			return doc, err
		}
		e := lock.Assets[text]
		a := Asset{Address: text, Output: e.Output, Kind: at.Kind, Made: madeBy(e, engines), Marks: e.Marks}
		if !all && (a.Made == Derived || a.Made == ByHand) {
			continue
		}
		a.SourceType = sourceType(a.Made, e, engines)
		if a.Made != ByHand {
			a.describe(e, engines, known)
		}
		doc.Assets = append(doc.Assets, a)
	}
	return doc, nil
}

func madeBy(e lockfile.Entry, engines engine.Registry) string {
	switch {
	case e.Placeholder:
		return Placeholder
	case e.ByHand():
		return ByHand
	case engines.Derives(e.Provider):
		return Derived
	}
	return Generated
}

// sourceType is what the file says of itself, else what is known of an engine:
// one that charges runs a trained model.
func sourceType(made string, e lockfile.Entry, engines engine.Registry) string {
	switch stated := e.Marks[markSourceType]; {
	case stated != "" || made == Derived || made == ByHand:
		return stated
	case engines.Charges(e.Provider):
		return trained
	}
	return algorithmic
}

// describe says what the asset was made by and of.
func (a *Asset) describe(e lockfile.Entry, engines engine.Registry, known origins) {
	a.Provider, a.Method = e.Provider, e.Method
	if v, ok := e.Inputs[inputPrompt]; ok {
		a.Prompt = v.String()
	}
	if v, ok := e.Inputs[inputSeed]; ok {
		a.Seed = v.String()
		if n, isInt := v.AsInt(); isInt {
			a.Seed = n
		}
	}
	if engines.Charges(e.Provider) { // else it was drawn by a program, whichever model was asked for
		a.Model = ModelOf(e, engines)
	}
	for _, name := range sourceInputs(e, engines) {
		a.Sources = append(a.Sources, known.of(e.Inputs[name])...)
	}
}

// ModelOf is the model that was asked for, "" of a method without any. A lock
// does not record the documented default of a method, though it was sent.
func ModelOf(e lockfile.Entry, engines engine.Registry) string {
	if v, ok := e.Inputs[inputModel]; ok {
		return v.String()
	}
	m := engines.Method(e.Provider, e.Method)
	if m == nil {
		return ""
	}
	p, _ := m.Param(inputModel)
	name, _ := p.Default.(string)
	return name
}

// sourceInputs names the inputs of an entry that are files. Where the method is
// not known here they are told by what they look like.
func sourceInputs(e lockfile.Entry, engines engine.Registry) []string {
	m := engines.Method(e.Provider, e.Method)
	var names []string
	for _, name := range e.Inputs.Keys() {
		var isFile bool
		if m != nil {
			_, isFile = m.Input(name)
		} else {
			isFile = name != inputPrompt && hasHashes(e.Inputs[name])
		}
		if isFile {
			names = append(names, name)
		}
	}
	return names
}

// textsOf are the texts of a recorded list, or the one that was recorded.
func textsOf(v lockfile.Value) []string {
	if list, ok := v.AsStrings(); ok {
		return list
	}
	if text, ok := v.AsText(); ok {
		return []string{text}
	}
	return nil
}

func hasHashes(v lockfile.Value) bool {
	texts := textsOf(v)
	for _, text := range texts {
		if _, err := lockfile.ParseContentHash(text); err != nil {
			return false
		}
	}
	return len(texts) > 0
}

// origins are the addresses of the assets that contents come from.
type origins map[lockfile.ContentHash]string

// findOrigins gives each content the first asset that has it and did not take
// it from elsewhere: a copy is no origin, its own least of all. One that was
// generated comes before a file of the same bytes that is said to be a person's.
func findOrigins(lock *lockfile.Lock, engines engine.Registry) origins {
	known := origins{}
	addresses := lock.Addresses()
	slices.SortStableFunc(addresses, func(a, b string) int {
		return cmp.Compare(adoption(lock.Assets[a]), adoption(lock.Assets[b]))
	})
	for _, text := range addresses {
		e := lock.Assets[text]
		taken := map[lockfile.ContentHash]bool{}
		for _, name := range sourceInputs(e, engines) {
			for _, s := range textsOf(e.Inputs[name]) {
				if h, err := lockfile.ParseContentHash(s); err == nil {
					taken[h] = true
				}
			}
		}
		for _, h := range []lockfile.ContentHash{e.UpstreamHash(), e.ContentHash} {
			if _, has := known[h]; !has && !taken[h] && !h.IsZero() {
				known[h] = text
			}
		}
	}
	return known
}

func adoption(e lockfile.Entry) int {
	if e.ByHand() {
		return 1
	}
	return 0
}

// of names the sources that an input was recorded with.
func (known origins) of(v lockfile.Value) []string {
	if v.IsSensitive() {
		return []string{diag.Sensitive}
	}
	var list []string
	for _, text := range textsOf(v) {
		if h, err := lockfile.ParseContentHash(text); err == nil && known[h] != "" {
			text = known[h]
		}
		list = append(list, text)
	}
	return list
}

package config

import (
	"maps"
	"sync"

	"assetform/config/evaluation"
	"assetform/config/sensitive"
	"assetform/config/watch"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// watched is what a watch that ends the process reads while another goroutine
// evaluates.
type watched struct {
	position evaluation.Position
	mu       sync.Mutex // guards the maps until Load returns
	files    map[string]*hcl.File
	secrets  map[string]bool // the texts of all sensitive values
}

// place is what is being evaluated: nothing in it is shared with the goroutine
// that evaluates.
func (w *watched) place() watch.Place {
	w.mu.Lock()
	defer w.mu.Unlock()
	return watch.Place{Range: w.position.Get(), Files: maps.Clone(w.files), Secrets: sortedKeys(w.secrets)}
}

// remember keeps a file for snippets.
func (w *watched) remember(shown string, file *hcl.File) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files[shown] = file
}

// forget keeps a file out of snippets.
func (w *watched) forget(shown string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.files, shown)
}

// noteSecret remembers every text in a sensitive value. Booleans are not
// remembered: "true" says nothing of the value and stands everywhere.
func (w *watched) noteSecret(value cty.Value) {
	w.mu.Lock()
	defer w.mu.Unlock()
	noteTexts(value, w.secrets)
}

// keepSecret marks the value of a sensitive variable and remembers its texts.
func (w *watched) keepSecret(v *variableDecl, value cty.Value) cty.Value {
	if !v.sensitive || !value.IsKnown() {
		return value
	}
	value = sensitive.Mark(value)
	w.noteSecret(value)
	return value
}

func noteTexts(value cty.Value, texts map[string]bool) {
	// The walk cannot fail: the callback returns no error.
	_ = cty.Walk(sensitive.Unmarked(value), func(_ cty.Path, v cty.Value) (bool, error) {
		if !v.IsKnown() || v.IsNull() {
			return false, nil
		}
		switch v.Type() {
		case cty.String:
			if v.AsString() != "" {
				texts[v.AsString()] = true
			}
		case cty.Number:
			texts[v.AsBigFloat().Text('f', -1)] = true
		}
		return true, nil
	})
}

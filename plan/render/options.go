package render

import "net/url"

// Options say how a plan is shown. The zero value works: 80 columns, without
// colour, and only what changes.
type Options struct {
	Color bool
	Width int // columns; 0: 80
	// Verbose lists what does not change, every parameter, and prompts and
	// hashes in full.
	Verbose bool
	// Causes are shown above the changes; see the function of that name.
	Causes []Cause
	// NoHint leaves out what to do next, where the caller says so itself, as
	// the question of apply does.
	NoHint bool
	// Apply is what carries the plan out; "": apply without any flag.
	Apply string
	// Pictures is where the project's directory stands in the repository at the
	// commit that is shown: the comment shows what the branch brought from
	// there. nil: it shows no picture.
	Pictures *url.URL
	// Pages is a URL of the report's pages, for the comment to link; "": none.
	Pages string
}

const usualWidth = 80

func (o Options) width() int {
	if o.Width <= 0 {
		return usualWidth
	}
	return o.Width
}

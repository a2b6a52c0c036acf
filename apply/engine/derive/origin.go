package derive

import "assetform/apply/media/marks"

// Origin is who made the pixels of a file, as far as marks of provenance tell.
type Origin int

// The origins. The zero value claims nothing.
const (
	Person    Origin = iota // somebody's own file, or one that was adopted
	Service                 // a service generated it
	Program                 // the local engine drew it
	Composite               // put together of what a service generated and of something else
)

// term is what a picture says of that origin, "" for nothing.
func (o Origin) term() string {
	switch o {
	case Service:
		return marks.Trained
	case Program:
		return marks.Algorithmic
	case Composite:
		return marks.Composite
	}
	return ""
}

// originOf is what a picture claims of itself.
func originOf(term string) Origin {
	for _, o := range []Origin{Service, Program, Composite} {
		if o.term() == term {
			return o
		}
	}
	return Person
}

// Together is the origin of what is put together of files with these origins:
// theirs if they have the same one, and else a composite if a service had part
// in it. Of what a person and the local engine made nothing is claimed.
func Together(origins ...Origin) Origin {
	if len(origins) == 0 {
		return Person
	}
	all := origins[0]
	for _, o := range origins[1:] {
		switch {
		case o == all:
		case all == Service || o == Service || all == Composite || o == Composite:
			all = Composite
		default:
			all = Person
		}
	}
	return all
}

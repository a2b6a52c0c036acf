package sketch

import "image"

// Image draws the picture of an image method. It is opaque, its origin is
// (0, 0), and its size is that of Size.
func Image(r Request) *image.RGBA {
	w, h := r.size()
	b := readPrompt(r.Prompt, r.detail(), r.promptSeed(), r.seed())
	s := newScene(b, w, h, borrowedColours(r))
	s.backdrop()
	if !r.NoCaption {
		caption(s.k, r.Prompt)
	}
	return s.k.RGBA
}

// borrowedColours are those that references lend to a picture.
func borrowedColours(r Request) []rgb {
	var out []rgb
	for _, m := range r.References {
		out = append(out, coloursOf(shrinkInput(m), max(4/len(r.References), 1))...)
	}
	return out
}

package cli

import (
	"os"

	"assetform/apply/graphics"

	"golang.org/x/term"
)

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// pictures returns how the terminal on Out shows a PNG; nil: it does not. It is
// asked only where a person is, so call it when there is something to show.
func (s *streams) pictures() graphics.Protocol {
	out, ok := s.Out.(*os.File)
	if !ok || !isTerminal(out) || s.inCI() {
		return nil
	}
	var in *os.File
	if f, ok := s.In.(*os.File); ok && s.Asks {
		in = f
	}
	return graphics.Find(in, out, s.env)
}

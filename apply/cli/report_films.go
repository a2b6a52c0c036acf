package cli

import (
	"io"
	"os"

	"assetform/apply/media"
	"assetform/plan/render/report"
)

// filmOf looks at a film as at one that an engine delivers. What comes out of git
// is no file, and goes through one.
func filmOf(open func() (io.ReadCloser, error)) (film report.Film, err error) {
	r, err := open()
	if err != nil {
		return film, err
	}
	defer r.Close()
	f, ok := r.(*os.File)
	if !ok {
		if f, err = os.CreateTemp("", "assetform-film-"); err != nil {
			return film, err
		}
		defer os.Remove(f.Name())
		defer f.Close()
		if _, err = io.Copy(f, r); err != nil {
			return film, err
		}
	}
	info, err := f.Stat()
	if err != nil {
		return film, err
	}
	m, err := media.Probe(f, info.Size())
	return report.Film{Width: m.Width, Height: m.Height, Duration: m.Duration, Bytes: m.Bytes}, err
}

package cli

import (
	"errors"
	"fmt"
	"net/url"

	"assetform/plan/render"

	"github.com/spf13/pflag"
)

// linkFlags say where the comment on a pull request finds pictures.
type linkFlags struct{ pictures, pages string }

func (f *linkFlags) bind(fs *pflag.FlagSet) {
	fs.StringVar(&f.pictures, "pictures", "", "in Markdown, show what the branch brought from this `URL` of the project's directory at its commit")
	fs.StringVar(&f.pages, "pages", "", "in Markdown, link this `URL` of the report's pages")
}

// add puts the links into a text of that format.
func (f *linkFlags) add(o *render.Options, format string) error {
	if f.pictures+f.pages == "" {
		return nil
	}
	if format != "markdown" {
		return errors.New("--pictures and --pages are for --format markdown")
	}
	for _, flag := range []struct{ name, text string }{{"--pictures", f.pictures}, {"--pages", f.pages}} {
		u, err := url.Parse(flag.text)
		switch {
		case flag.text == "":
			continue
		case err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil:
			return fmt.Errorf("%s %q is no URL that begins with https:// and a host", flag.name, flag.text)
		case flag.name == "--pages":
			o.Pages = u.String()
		case u.RawQuery != "" || u.Fragment != "":
			return fmt.Errorf("%s %q: paths are put behind it, so it can have no ? and no #", flag.name, flag.text)
		default:
			o.Pictures = u
		}
	}
	return nil
}

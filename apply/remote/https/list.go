package https

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"assetform/apply/remote"
)

// propfind asks for the properties that a listing needs.
const propfind = `<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getlastmodified/></prop></propfind>`

// maxListing is how much is read of the listing of one directory.
const maxListing = 256 << 20

// List implements remote.Files, one directory at a time: servers refuse to list
// all that is below one.
func (s *site) List(ctx context.Context, prefix string) iter.Seq2[remote.Info, error] {
	return func(yield func(remote.Info, error) bool) {
		for dirs := []string{prefix}; len(dirs) > 0; {
			dir := dirs[0]
			dirs = dirs[1:]
			for e, err := range s.directory(ctx, dir) {
				switch {
				case errors.Is(err, fs.ErrNotExist):
				case err != nil:
					yield(remote.Info{}, err)
					return
				case strings.HasSuffix(e.Name, "/"):
					dirs = append(dirs, e.Name)
				case !yield(e, nil):
					return
				}
			}
		}
	}
}

// directory yields what is in a directory; the names of those in it end in a
// slash.
func (s *site) directory(ctx context.Context, dir string) iter.Seq2[remote.Info, error] {
	return func(yield func(remote.Info, error) bool) {
		body := strings.NewReader(propfind)
		r, err := s.Send(ctx, "PROPFIND", s.address(dir), http.Header{"Depth": {"1"}, "Content-Type": {"application/xml"}}, body, body.Size())
		if err == nil && r.StatusCode != http.StatusMultiStatus {
			err = s.Failure(r)
			if r.StatusCode == http.StatusBadRequest || r.StatusCode == http.StatusOK {
				err = fmt.Errorf("%w: it lists no files (%w)", remote.ErrUnsupported, err)
			}
		}
		if err != nil {
			yield(remote.Info{}, err)
			return
		}
		defer r.Body.Close()
		rest := &io.LimitedReader{R: r.Body, N: maxListing}
		for decoder := xml.NewDecoder(rest); ; {
			e, err := next(decoder)
			switch {
			case err == io.EOF:
				return
			case err != nil && rest.N <= 0:
				err = fmt.Errorf("the listing has more than %d MiB", maxListing>>20)
				fallthrough
			case err != nil:
				yield(remote.Info{}, fmt.Errorf("read the server's listing: %w", err))
				return
			}
			info, ok := s.info(dir, e)
			if ok && !yield(info, nil) {
				return
			}
		}
	}
}

// entry is one response of a listing.
type entry struct {
	Href     string `xml:"DAV: href"`
	Propstat []struct {
		Status string `xml:"DAV: status"`
		Prop   struct {
			Length     string    `xml:"DAV: getcontentlength"`
			Modified   string    `xml:"DAV: getlastmodified"`
			Collection *struct{} `xml:"DAV: resourcetype>collection"`
		} `xml:"DAV: prop"`
	} `xml:"DAV: propstat"`
}

// next reads the next entry of a listing.
func next(d *xml.Decoder) (e entry, err error) {
	for {
		token, err := d.Token()
		if err != nil {
			return e, err
		}
		start, ok := token.(xml.StartElement)
		if ok && start.Name.Local == "response" && start.Name.Space == "DAV:" {
			return e, d.DecodeElement(&e, &start)
		}
	}
}

// info is what an entry tells of a file or directory right in dir; others are
// none of ours, the directory itself among them.
func (s *site) info(dir string, e entry) (remote.Info, bool) {
	u, err := url.Parse(e.Href)
	if err != nil {
		return remote.Info{}, false
	}
	base := s.address(dir)
	below, ok := strings.CutPrefix(base.ResolveReference(u).Path, base.Path)
	name := strings.TrimSuffix(below, "/")
	if !ok || name == "" || strings.Contains(name, "/") {
		return remote.Info{}, false
	}
	info := remote.Info{Name: dir + name, Size: -1}
	for _, p := range e.Propstat {
		if p.Prop.Collection != nil {
			info.Name = dir + name + "/"
		}
		if n, err := strconv.ParseInt(p.Prop.Length, 10, 64); err == nil && n >= 0 {
			info.Size = n
		}
		if at, err := http.ParseTime(p.Prop.Modified); err == nil {
			info.Written = at
		}
	}
	return info, true
}

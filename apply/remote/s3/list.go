package s3

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
	"strings"
	"time"

	"assetform/apply/remote"
)

// page is a part of a listing.
type page struct {
	Encoding string `xml:"EncodingType"`
	Contents []struct {
		Key          string
		Size         int64
		LastModified time.Time
	}
	IsTruncated bool
	Next        string `xml:"NextContinuationToken"`
}

// maxPage is how much is read of one: a thousand names.
const maxPage = 16 << 20

// List implements remote.Files.
func (b *bucket) List(ctx context.Context, prefix string) iter.Seq2[remote.Info, error] {
	return func(yield func(remote.Info, error) bool) {
		for from := ""; ; {
			p, err := b.page(ctx, b.prefix+prefix, from)
			if err != nil {
				yield(remote.Info{}, err)
				return
			}
			for _, file := range p.Contents {
				name, ours := strings.CutPrefix(file.Key, b.prefix)
				if ours && !yield(remote.Info{Name: name, Size: file.Size, Written: file.LastModified}, nil) {
					return
				}
			}
			if !p.IsTruncated {
				return
			}
			if p.Next == "" || p.Next == from {
				yield(remote.Info{}, errors.New("the server's listing has no end"))
				return
			}
			from = p.Next
		}
	}
}

// page asks for a part of a listing.
func (b *bucket) page(ctx context.Context, prefix, from string) (p page, err error) {
	u := *b.base
	query := url.Values{"list-type": {"2"}, "prefix": {prefix}, "encoding-type": {"url"}}
	if from != "" {
		query.Set("continuation-token", from)
	}
	u.RawQuery = canonicalQuery(query)
	if b.base.Path != "/" {
		u.Path = strings.TrimSuffix(u.Path, "/")
	}
	r, err := b.Send(ctx, http.MethodGet, &u, nil, nil, 0)
	if err != nil {
		return p, err
	}
	if r.StatusCode != http.StatusOK {
		if err := b.Failure(r); !errors.Is(err, fs.ErrNotExist) {
			return p, err
		}
		return p, b.missing()
	}
	defer r.Body.Close()
	if err := xml.NewDecoder(io.LimitReader(r.Body, maxPage)).Decode(&p); err != nil {
		return p, fmt.Errorf("read the server's listing: %w", err)
	}
	if p.Encoding == "url" {
		for i := range p.Contents {
			if key, err := url.QueryUnescape(p.Contents[i].Key); err == nil {
				p.Contents[i].Key = key
			}
		}
	}
	return p, nil
}

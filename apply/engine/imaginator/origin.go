package imaginator

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"assetform/config/origin"
)

// maxRedirects is how many redirects a read follows.
const maxRedirects = 10

// errRedirect marks a redirect that is not followed; another try would meet
// it again.
var errRedirect = errors.New("redirect not followed")

// own tells whether a URL is of the API's origin.
func (c *Client) own(u *url.URL) bool {
	at, err := origin.Of(u)
	return err == nil && at == c.origin
}

// resolve makes a result URL absolute. "/results/x" is relative to the origin,
// "results/x" to the base URL.
func (c *Client) resolve(resultURL string) (*url.URL, error) {
	ref, err := url.Parse(escaped(resultURL))
	if err != nil {
		// The parser's error quotes the URL, which may carry a signature.
		return nil, saying("result URL cannot be parsed")
	}
	base := *c.base
	base.Path += "/"
	if base.RawPath != "" {
		base.RawPath += "/"
	}
	u := base.ResolveReference(ref)
	u.Fragment, u.RawFragment = "", ""
	switch {
	case resultURL == "":
		return nil, saying("result URL is empty")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, saying("result URL has the scheme %q: expected http or https", c.scrub.words(u.Scheme, maxExcerpt))
	case u.User != nil:
		return nil, saying("result URL has a user or password in it")
	case c.origin.Encrypted() && u.Scheme == "http":
		return nil, saying("result URL leads to http, and the API is at https")
	}
	if _, err := origin.Of(u); err != nil {
		return nil, saying("result URL is not one to be sure of: %s", c.scrub.words(err.Error(), maxMessage))
	}
	return u, nil
}

// escaped is a URL with what no URL can have in it percent-encoded, as browsers
// do: services put the names of files into queries as they are. What can stand
// in one stays, for it may be signed.
func escaped(text string) string {
	var b strings.Builder
	text = strings.TrimSpace(text)
	for i := range len(text) {
		c := text[i]
		hex := i+2 < len(text) && ishex(text[i+1]) && ishex(text[i+2])
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 || c == '%' && !hex {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func ishex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }

// authorize adds the key to a request to the API's own origin, and to no other.
func (c *Client) authorize(req *http.Request) {
	if c.key.IsZero() || !c.own(req.URL) {
		return
	}
	if c.bearer {
		req.Header.Set("Authorization", "Bearer "+c.key.reveal())
	} else {
		req.Header.Set(HeaderAPIKey, c.key.reveal())
	}
}

// checkRedirect is http.Client's hook. net/http copies the first request's
// headers to each redirected one and takes away Authorization where the host
// changes, but not X-API-Key, and neither where only the port or the scheme
// does. Once a chain has left the API's origin the key stays off, even if the
// chain comes back: it was led by somebody else.
func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return fmt.Errorf("%w: more than %d in a row", errRedirect, maxRedirects)
	}
	last := via[len(via)-1].URL
	switch {
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return fmt.Errorf("%w: scheme %q", errRedirect, req.URL.Scheme)
	case (c.origin.Encrypted() || last.Scheme == "https") && req.URL.Scheme == "http":
		return fmt.Errorf("%w: it leads from https to http", errRedirect)
	case req.URL.User != nil:
		return fmt.Errorf("%w: it has a user or password in it", errRedirect)
	}
	req.URL.RawQuery = escaped(req.URL.RawQuery)
	// net/http fills Referer with the last URL, query and all.
	req.Header.Del("Referer")
	away := !c.own(req.URL)
	for _, earlier := range via {
		away = away || !c.own(earlier.URL)
	}
	if away {
		req.Header.Del(HeaderAPIKey)
		req.Header.Del("Authorization")
		req.Header.Del("Cookie")
	}
	return nil
}

// place names a URL for people: path alone at the API's origin, host and path
// elsewhere, never the query.
func (c *Client) place(u *url.URL) string {
	if c.own(u) {
		elements := strings.Split(u.EscapedPath(), "/")
		for i, e := range elements {
			elements[i] = c.element(e)
		}
		return strings.Join(elements, "/")
	}
	return c.scrub.words(u.Scheme+"://"+u.Host+u.EscapedPath(), maxMessage)
}

package imaginator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxDepth is how deep an answer's JSON may nest. The documented ones need 5.
const maxDepth = 64

// maxErrorBody is how much of an answer that is no success is read, in bytes.
const maxErrorBody = 64 << 10

// op names a request in errors: method and path.
func (c *Client) op(method string, elements ...string) string {
	path := c.path
	for _, e := range elements {
		path += "/" + c.element(e)
	}
	return method + " " + path
}

// element is a part of a path as it is shown: one of the API's own words, or
// what a server calls a task or a result.
func (c *Client) element(e string) string {
	own := []string{PathTask, PathTasks, PathQuota, PathHealth, PathModels}
	if slices.Contains(own, e) || Engine.Method(e) != nil {
		return e
	}
	return c.scrub.words(e, maxMessage)
}

// endpoint returns the URL of a path below the base URL.
func (c *Client) endpoint(elements ...string) string {
	var b strings.Builder
	b.WriteString(c.base.String())
	for _, e := range elements {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(e))
	}
	return b.String()
}

// header sets what every request carries, and the key where it belongs.
func (c *Client) header(req *http.Request, accept string) {
	req.Header.Set("User-Agent", c.agent)
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	c.authorize(req)
}

// record notes what came of one try, and logs it: never headers, queries or
// bodies.
func (c *Client) record(ctx context.Context, req *http.Request, resp *http.Response, err error, start time.Time, attempt int) {
	if err == nil {
		c.answered.Store(true)
	}
	if !c.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []any{"method", req.Method, "path", c.place(req.URL), "duration", time.Since(start), "attempt", attempt}
	if err != nil {
		attrs = append(attrs, "error", c.scrub.cause(err).Error())
	} else {
		attrs = append(attrs, "status", resp.StatusCode)
	}
	c.log.DebugContext(ctx, "imaginator request", attrs...)
}

// An answer is a success of the API, taken out of its envelope.
type answer struct {
	body json.RawMessage            // data; the whole object where there is no data
	top  map[string]json.RawMessage // the envelope; nil where the answer is a bare array
}

// answer reads a 2xx answer's JSON. It takes a bare object or array where the
// envelope is missing. Of an answer that says that it is no success it returns
// the data beside the error.
func (c *Client) answer(ctx context.Context, op string, resp *http.Response, limit int64) (answer, *Error) {
	body, err := readBody(resp, limit)
	if err != nil {
		err = because(ctx, err)
		failure := c.unreadable(op, resp.StatusCode, err)
		failure.temporary = !errors.Is(err, errTooLarge)
		return answer{}, failure
	}
	if err := checkJSON(body); err != nil {
		return answer{}, c.notJSON(op, resp, body, err)
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(body, &top); err != nil {
		return answer{body: body}, nil // a bare array or scalar
	}
	if bytes.Equal(top["success"], []byte("false")) {
		failure := &Error{Op: op, Status: resp.StatusCode}
		c.readErrorBody(failure, body)
		if failure.Message == "" {
			failure.Message = "the answer says that it is no success"
		}
		return answer{body: top["data"], top: top}, failure
	}
	if data, found := top["data"]; found && !bytes.Equal(data, []byte("null")) {
		return answer{body: data, top: top}, nil
	}
	return answer{body: body, top: top}, nil
}

// notJSON is the error for a body that checkJSON does not take.
func (c *Client) notJSON(op string, resp *http.Response, body []byte, err error) *Error {
	failure := c.unreadable(op, resp.StatusCode, err)
	switch {
	case pageOf(resp.Header, body) != "":
		failure.Message, failure.Err, failure.Page = c.pageMessage(pageOf(resp.Header, body), body, false, "JSON"), nil, true
	case errors.Is(err, io.ErrUnexpectedEOF):
		failure.temporary = true
	case !errors.Is(err, errTooDeep):
		failure.Message = fmt.Sprintf("the answer is not JSON: %q", c.scrub.words(string(body), maxExcerpt))
		failure.Err = nil
	}
	return failure
}

// unreadable is the error for an answer that cannot be understood.
func (c *Client) unreadable(op string, status int, err error) *Error {
	return &Error{Op: op, Status: status, Message: "the answer cannot be read", Err: c.scrub.cause(err)}
}

// refusal reads an answer that is no success. What the server says is read as
// far as it can be: the status alone is an answer. wanted is what was asked
// for.
func (c *Client) refusal(op string, resp *http.Response, wanted string) *Error {
	e := &Error{
		Op:         op,
		Status:     resp.StatusCode,
		RetryAfter: parseRetryAfter(resp.Header, time.Now()),
		temporary:  temporaryStatus(resp.StatusCode),
	}
	if resp.StatusCode >= 300 && resp.StatusCode <= 399 {
		e.Message = "the server redirects instead of answering"
		if location, err := resp.Location(); err == nil {
			e.Message += ", to " + c.place(location)
		}
		return e
	}
	body, err := readBody(resp, maxErrorBody)
	switch {
	case err == nil && checkJSON(body) == nil: // whatever the header calls it
		c.readErrorBody(e, body)
	case pageOf(resp.Header, body) != "":
		e.Message, e.Page = c.pageMessage(pageOf(resp.Header, body), body, err != nil, wanted), true
	case len(body) > 0:
		e.Message = fmt.Sprintf("the answer is not %s: %q", wanted, c.scrub.partial(string(body), maxExcerpt))
	}
	if e.keyRefused() {
		e.temporary = false // NO_ACTIVE_LICENSE is a 429 that waiting does not cure
	}
	return e
}

// readErrorBody fills in code and message from an error body. APIBody wants
// the documented form to the letter, because a 5xx that has it is trusted more
// than one that a gateway made up; the words are taken wherever they stand.
func (c *Client) readErrorBody(e *Error, body []byte) {
	var top map[string]json.RawMessage
	if json.Unmarshal(body, &top) != nil {
		return
	}
	var detail map[string]json.RawMessage
	if json.Unmarshal(top["error"], &detail) == nil {
		e.Code = c.scrub.known(lenient[string](detail, "code"), slices.Collect(maps.Keys(CodeStatus))...)
		e.Message = lenient[string](detail, "message")
	} else {
		e.Message = lenient[string](top, "error")
	}
	if e.Message == "" {
		e.Message = lenient[string](top, "message")
	}
	e.Message = c.scrub.words(e.Message, maxMessage)
	e.APIBody = e.Code != "" && bytes.Equal(top["success"], []byte("false"))
}

var (
	errTooLarge = errors.New("more than the limit")
	errTooDeep  = saying("JSON nests deeper than %d levels", maxDepth)
)

// readBody reads at most limit bytes, counted after decompression, and
// compares their number with Content-Length. On an error it returns what there
// is of the body, at most limit bytes.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case int64(len(body)) > limit:
		return body[:limit], saying("%w of %d bytes", errTooLarge, limit)
	case err != nil:
		return body, err
	case !resp.Uncompressed && resp.ContentLength >= 0 && resp.ContentLength != int64(len(body)):
		return body, saying("%w: %d of %d bytes", io.ErrUnexpectedEOF, len(body), resp.ContentLength)
	}
	return bytes.TrimPrefix(body, []byte("\ufeff")), nil
}

// checkJSON reports whether body is one JSON value that nests no deeper than
// maxDepth. The depth is counted first: the decoder's own bound is 10,000.
func checkJSON(body []byte) error {
	depth, inString := 0, false
	for i := 0; i < len(body); i++ {
		switch b := body[i]; {
		case inString && b == '\\':
			i++
		case b == '"':
			inString = !inString
		case inString:
		case b == '{' || b == '[':
			if depth++; depth > maxDepth {
				return errTooDeep
			}
		case b == '}' || b == ']':
			depth--
		}
	}
	if json.Valid(body) {
		return nil
	}
	var raw json.RawMessage
	err := json.Unmarshal(body, &raw)
	var syntax *json.SyntaxError
	if len(body) > 0 && errors.As(err, &syntax) && syntax.Offset >= int64(len(body)) && (depth > 0 || inString) {
		return saying("%w: JSON ends after %d bytes", io.ErrUnexpectedEOF, len(body))
	}
	return err
}

// pageOf says what kind of page an answer is by its bytes, and only where they
// do not tell, by its header; "" if it is none.
func pageOf(h http.Header, body []byte) string {
	if kind := pageIn(body); kind != "" {
		return kind
	}
	mediaType, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	if mediaType == "text/html" || mediaType == "application/xhtml+xml" {
		return "an HTML page"
	}
	return ""
}

// pageIn says what kind of page the bytes are; "" if they are none. XML that is
// no page for people is what storage services refuse with.
func pageIn(body []byte) string {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	switch {
	case !bytes.HasPrefix(body, []byte("<")):
		return ""
	case strings.HasPrefix(http.DetectContentType(body), "text/html"), bytes.Contains(bytes.ToLower(body), []byte("<html")):
		return "an HTML page"
	case bytes.Contains(body, []byte("<svg")):
		return "" // a picture, if none that can be used
	}
	return "XML"
}

var (
	hiddenHTML = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?is)<(script|style)\b.*?(</(script|style)\s*>|$)|<!--.*?(-->|$)`)
	})
	htmlTag = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`<[^>]*(>|$)`) })
)

// pageMessage says that the answer is a page, and with which words it begins.
func (c *Client) pageMessage(kind string, body []byte, cut bool, wanted string) string {
	// The key goes first: a tag in the middle of it would hide it otherwise.
	text := c.scrub.more.Text(c.scrub.text(string(body)))
	text = htmlTag().ReplaceAllString(hiddenHTML().ReplaceAllString(text, " "), " ")
	words := c.scrub.words(text, maxExcerpt)
	if cut {
		words = c.scrub.partial(text, maxExcerpt)
	}
	if words == "" {
		return fmt.Sprintf("the server answered with %s, not %s", kind, wanted)
	}
	return fmt.Sprintf("the server answered with %s, not %s: %q", kind, wanted, words)
}

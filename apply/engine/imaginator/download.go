package imaginator

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator/reach"
)

// progressBytes is how much more a resumed download must bring for its earlier
// failures to be forgotten. It bounds the tries of one download by its size.
const progressBytes = 1 << 20

// copyBuffer is the most memory that a download takes.
const copyBuffer = 64 << 10

// Downloaded says what a download brought.
type Downloaded struct {
	Bytes int64
	// MediaType is the server's word, without parameters, in lower case; ""
	// if it has none. Whoever keeps the bytes must look at them.
	MediaType string
}

// Download streams a result into dst. resultURL may be absolute, or relative
// to the API's base URL; the key goes to the API's own origin alone. accept is
// the Accept header, "" for none.
//
// It retries; a try after a cut goes on where the last one ended if the server
// has a strong ETag for the result, else from the start. On an error dst may
// hold a part. An error of dst itself ends the download and can be found with
// errors.Is and errors.As.
func (c *Client) Download(ctx context.Context, resultURL, accept string, dst engine.Sink) (Downloaded, error) {
	u, err := c.resolve(resultURL)
	if err != nil {
		return Downloaded{}, &Error{Op: "GET result", NeverSent: true, lasting: true, Message: "not fetched", Err: c.scrub.cause(err)}
	}
	d := &download{client: c, op: "GET " + c.place(u), url: u, accept: accept, dst: dst, total: -1}
	// A result may take its time to be made ready: its tries alone are counted.
	if err := c.retry(ctx, math.MaxInt64, func(attempt int) (bool, *Error) { return d.try(ctx, attempt) }); err != nil {
		return Downloaded{}, err
	}
	return Downloaded{Bytes: d.n, MediaType: d.mediaType}, nil
}

// A download is what lasts from one try to the next.
type download struct {
	client *Client
	op     string
	url    *url.URL
	accept string
	dst    engine.Sink

	n         int64  // bytes in dst
	total     int64  // as the server says; -1 if it does not
	etag      string // "" if what is in dst cannot be added to
	mediaType string

	image bool  // by its first bytes
	end   int64 // where a body ended before its length
	ends  int   // how often it ended there
}

func (d *download) try(ctx context.Context, attempt int) (progress bool, failure *Error) {
	if d.n > 0 && d.etag == "" {
		if failure := d.restart(); failure != nil {
			return false, failure
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := d.client.watch(func() { cancel(errStalled) })
	defer watch.stop()

	resp, failure := d.client.fetch(ctx, d.op, d.url.String(), attempt, d.prepare)
	if failure != nil {
		if errors.Is(failure, reach.ErrRefused) || errors.Is(failure, errRedirect) {
			failure.Message, failure.lasting = "not fetched", true
		}
		return false, failure
	}
	defer resp.Body.Close()
	if failure := d.begin(resp); failure != nil {
		return false, failure
	}
	var body io.Reader = resp.Body
	if d.n == 0 {
		if body, failure = d.contents(resp); failure != nil {
			return false, failure
		}
	}
	before := d.n
	failure = d.copy(ctx, resp, body, watch)
	return d.etag != "" && d.n-before >= progressBytes, failure
}

func (d *download) prepare(req *http.Request) {
	d.client.header(req, d.accept)
	// Compressed, the length would say nothing and no part could be asked for.
	req.Header.Set("Accept-Encoding", "identity")
	if d.n > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", d.n))
		req.Header.Set("If-Range", d.etag)
	}
}

// restart empties dst.
func (d *download) restart() *Error {
	d.n, d.total, d.etag = 0, -1, ""
	if err := d.dst.Reset(); err != nil {
		return d.local("start the result again", err)
	}
	return nil
}

// local is an error of dst, which no other try would cure.
func (d *download) local(what string, err error) *Error {
	return &Error{Op: d.op, Err: fmt.Errorf("%s: %w", what, err)}
}

// begin judges the header of the answer, and brings dst in line with it.
func (d *download) begin(resp *http.Response) *Error {
	switch status := resp.StatusCode; {
	case status == http.StatusOK, status == http.StatusCreated, status == http.StatusNonAuthoritativeInfo,
		status == http.StatusPartialContent && d.n == 0 && wholeRange(resp):
		if d.n > 0 { // the server does not resume, or has another result now
			if failure := d.restart(); failure != nil {
				return failure
			}
		}
	case status == http.StatusPartialContent && d.n > 0:
		return d.resume(resp)
	case status == http.StatusRequestedRangeNotSatisfiable && d.n > 0:
		return d.cannotResume(status, "the server has no more of the result, which was cut off")
	case status >= 400 && status <= 499 && !temporaryStatus(status):
		// Storage services say with several of them that a URL has expired.
		failure := d.client.refusal(d.op, resp, "a file")
		failure.Err = engine.ErrResultGone
		return failure
	case status == http.StatusPartialContent:
		return &Error{Op: d.op, Status: status, Message: "the answer is a part of the result, which was not asked for"}
	case status >= 200 && status <= 299:
		return &Error{Op: d.op, Status: status, Message: "the result is not ready", temporary: true}
	default:
		return d.client.refusal(d.op, resp, "a file")
	}
	return d.first(resp)
}

// wholeRange tells that a part that nobody asked for is all there is.
func wholeRange(resp *http.Response) bool {
	var end, total int64
	n, _ := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes 0-%d/%d", &end, &total)
	return n == 2 && end+1 == total
}

// first takes down what the header says of a result that starts at its first
// byte.
func (d *download) first(resp *http.Response) *Error {
	d.total = resp.ContentLength
	d.etag = ""
	// A weak tag does not promise the same bytes.
	if tag := resp.Header.Get("ETag"); strings.HasPrefix(tag, `"`) && resp.Header.Get("Accept-Ranges") != "none" {
		d.etag = tag
	}
	mediaType, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	d.mediaType = d.client.scrub.words(mediaType, maxExcerpt)
	if d.total > d.client.limits.ResultBytes {
		return &Error{
			Op: d.op, Status: resp.StatusCode, lasting: true, Message: fmt.Sprintf("the result has %d bytes", d.total),
			Err: fmt.Errorf("%w of %d bytes", errTooLarge, d.client.limits.ResultBytes),
		}
	}
	return nil
}

// headBytes are enough to tell what a file is.
const headBytes = 512

// contents returns the bytes of a result that starts at its first one. What
// they are, they say themselves: headers are set by whoever stands in between.
// A compressed body is decompressed, which then has no length and cannot be
// resumed.
func (d *download) contents(resp *http.Response) (io.Reader, *Error) {
	body := bufio.NewReaderSize(resp.Body, headBytes)
	head, err := body.Peek(headBytes)
	encoded := resp.Header.Get("Content-Encoding")
	if isGzip(head) {
		d.total, d.etag, encoded = -1, "", ""
		unzipped, zipErr := gzip.NewReader(body)
		if zipErr != nil {
			return nil, d.cut(resp, zipErr)
		}
		body = bufio.NewReaderSize(unzipped, headBytes)
		head, err = body.Peek(headBytes)
	}
	kind, _, _ := strings.Cut(http.DetectContentType(head), "/")
	d.image = kind == "image"
	wrong := &Error{Op: d.op, Status: resp.StatusCode}
	switch {
	case kind == "image", kind == "video":
		return body, nil
	case encoded != "" && !strings.EqualFold(encoded, "identity"):
		wrong.Message = fmt.Sprintf("the result is encoded as %q, which was not asked for", d.client.scrub.words(encoded, maxExcerpt))
		wrong.lasting = true
	case len(head) == 0 && err == io.EOF && d.total <= 0:
		wrong.Message, wrong.temporary = "the result is empty", true
	case pageIn(head) != "":
		text, err := io.ReadAll(io.LimitReader(body, maxErrorBody))
		wrong.Message = d.client.pageMessage(pageIn(text), text, err != nil || len(text) == maxErrorBody, "a file")
	case isJSON(head):
		text, _ := io.ReadAll(io.LimitReader(body, maxErrorBody))
		if checkJSON(text) == nil {
			d.client.readErrorBody(wrong, text)
		}
		if wrong.Message == "" {
			wrong.Message = fmt.Sprintf("the server answered with JSON, not a file: %q", d.client.scrub.partial(string(text), maxExcerpt))
		}
	default:
		return body, nil // whoever verifies it has a name for it
	}
	return nil, wrong
}

func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1f, 0x8b, 8}) }

func isJSON(head []byte) bool {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff")))
	return len(head) > 0 && (head[0] == '{' || head[0] == '[') && utf8.Valid(head[:min(len(head), headBytes-utf8.UTFMax)])
}

// resume checks that a 206 goes on where dst ends, in the same result.
func (d *download) resume(resp *http.Response) *Error {
	start, total, ok := parseContentRange(resp.Header.Get("Content-Range"))
	tag := resp.Header.Get("ETag")
	same := (tag == "" || tag == d.etag) && (d.total < 0 || total < 0 || total == d.total)
	if !ok || start != d.n || !same {
		return d.cannotResume(resp.StatusCode, "the server sent another part than the one asked for")
	}
	if d.total < 0 {
		d.total = total
	}
	return nil
}

// cannotResume makes the next try start over.
func (d *download) cannotResume(status int, message string) *Error {
	d.etag = ""
	return &Error{Op: d.op, Status: status, Message: message, temporary: true}
}

// copy moves the body to dst, in one buffer.
func (d *download) copy(ctx context.Context, resp *http.Response, body io.Reader, watch *watchdog) *Error {
	size := int64(copyBuffer)
	if left := d.total - d.n; d.total >= 0 && left >= 0 && left < size {
		size = left + 1 // and the end is seen by the same read
	}
	buf := make([]byte, size)
	limit := d.client.limits.ResultBytes
	for {
		n, err := body.Read(buf)
		watch.pause(n) // a slow disk is not the server's fault
		if d.n+int64(n) > limit {
			return d.cut(resp, saying("%w of %d bytes", errTooLarge, limit))
		}
		if n > 0 {
			written, err := d.dst.Write(buf[:n])
			d.n += int64(written)
			if err == nil && written < n {
				err = io.ErrShortWrite
			}
			if err != nil {
				return d.local("write the result", err)
			}
		}
		switch {
		case err != nil && d.n == d.total:
			return nil // whole, whatever became of the connection
		case err != nil && d.n < d.total && d.endsAgain(err):
			return nil
		case err == io.EOF && d.total >= 0:
			if d.n > d.total {
				d.etag = "" // nothing to add to
			}
			return d.cut(resp, saying("%w: %d of %d bytes", io.ErrUnexpectedEOF, d.n, d.total))
		case err == io.EOF:
			return nil
		case err != nil:
			return d.cut(resp, because(ctx, err))
		}
		watch.resume()
	}
}

// endsAgain tells that an image ends before its length for the third time, at
// the same byte: then the length is wrong, as behind proxies that unpack. It
// is decoded as a whole before it is used; of a film a part could pass.
func (d *download) endsAgain(err error) bool {
	if !d.image || err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false
	}
	if d.end != d.n {
		d.end, d.ends = d.n, 0
	}
	d.ends++
	return d.ends == 3
}

// cut is the error for a body that did not come whole.
func (d *download) cut(resp *http.Response, err error) *Error {
	failure := &Error{Op: d.op, Status: resp.StatusCode, Err: d.client.scrub.cause(err)}
	failure.Message = fmt.Sprintf("the result ends after %d bytes", d.n)
	failure.lasting = errors.Is(err, errTooLarge)
	failure.temporary = !failure.lasting
	return failure
}

// parseContentRange reads "bytes 5-9/10"; total is -1 where it is "*".
func parseContentRange(value string) (start, total int64, ok bool) {
	rest, found := strings.CutPrefix(value, "bytes ")
	span, size, slash := strings.Cut(rest, "/")
	first, last, dash := strings.Cut(span, "-")
	start, errStart := strconv.ParseInt(first, 10, 64)
	end, errEnd := strconv.ParseInt(last, 10, 64)
	if !found || !slash || !dash || errStart != nil || errEnd != nil || start < 0 || end < start {
		return 0, 0, false
	}
	if size == "*" {
		return start, -1, true
	}
	total, err := strconv.ParseInt(size, 10, 64)
	return start, total, err == nil && end < total
}

// A watchdog barks when the server has not brought enough for too long: one
// rule against silence and against drips. Time in which nothing is read does
// not count.
type watchdog struct {
	timer    *time.Timer
	timeout  time.Duration
	need     int64
	got      int64
	deadline time.Time
	left     time.Duration
}

func (c *Client) watch(bark func()) *watchdog {
	w := &watchdog{timeout: c.limits.StallTimeout, need: c.limits.StallBytes}
	w.deadline = time.Now().Add(w.timeout)
	w.timer = time.AfterFunc(w.timeout, bark)
	return w
}

// pause stops the clock and counts n more bytes.
func (w *watchdog) pause(n int) {
	w.timer.Stop()
	w.left = time.Until(w.deadline)
	if w.got += int64(n); w.got >= w.need {
		w.got, w.left = 0, w.timeout
	}
}

// resume starts the clock again.
func (w *watchdog) resume() {
	w.deadline = time.Now().Add(w.left)
	w.timer.Reset(w.left)
}

func (w *watchdog) stop() { w.timer.Stop() }

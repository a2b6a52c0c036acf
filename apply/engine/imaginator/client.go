package imaginator

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator/reach"
	"assetform/config/diag"
	"assetform/config/origin"
)

// KeyCheck tells keys apart without telling them: it is the same for the same
// key and salt, "" without a key. The key cannot be had from it.
func (c *Client) KeyCheck(salt string) string {
	if c.key.IsZero() {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(c.key.reveal()))
	mac.Write([]byte(salt))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// A Config says how to reach an API. BaseURL is required.
type Config struct {
	// BaseURL is the API's address with its path: https://host/api/v1.
	BaseURL string
	// APIKey may be empty: a server without keys needs none, any other
	// answers AUTH_REQUIRED.
	APIKey Secret
	// Bearer sends the key as "Authorization: Bearer" instead of X-API-Key.
	Bearer bool
	// Loopback says that the API must be on this machine, whatever its name
	// resolves to. By http:// it must be so anyhow.
	Loopback bool
	// UserAgent is "assetform" if empty.
	UserAgent string
	// Transport replaces the network, as in tests. nil
	// means HTTP over TCP, with the proxy settings of the environment.
	Transport http.RoundTripper
	// Redactor takes further secrets out of the server's words: whatever was
	// sent in a prompt can come back in them. nil means there are none.
	Redactor *diag.Redactor
	// Logger gets one debug record a request. nil means none.
	Logger *slog.Logger
	Limits Limits
}

// Limits bound what a server can make the client do. Zero fields get the
// defaults in brackets.
type Limits struct {
	ResultBytes   int64         // of one download (1 GiB)
	JSONBytes     int64         // of one JSON answer, decompressed (1 MiB)
	ListBytes     int64         // of one page of the task list, decompressed (16 MiB)
	SubmitTimeout time.Duration // of a create request, to the answer's header (5 min)
	ReadTimeout   time.Duration // of a JSON answer's body, and of a whole JSON GET (30 s)
	// A download that brings less than StallBytes (8 KiB) in StallTimeout
	// (30 s) is cut off, and tried again.
	StallTimeout time.Duration
	StallBytes   int64
	Attempts     int           // of a read (10)
	Patience     time.Duration // from the first try of a JSON read to the beginning of its last (30 s)
	FirstContact time.Duration // the same while the server has never answered (5 s)
	Backoff      time.Duration // upper bound of the first wait; doubles (250 ms)
	BackoffMax   time.Duration // upper bound of any wait (15 s)
	RetryAfter   time.Duration // longest Retry-After that is obeyed in full (60 s)
}

func (l Limits) withDefaults() Limits {
	l.ResultBytes = cmp.Or(l.ResultBytes, 1<<30)
	l.JSONBytes = cmp.Or(l.JSONBytes, 1<<20)
	l.ListBytes = cmp.Or(l.ListBytes, 16<<20)
	l.SubmitTimeout = cmp.Or(l.SubmitTimeout, 5*time.Minute)
	l.ReadTimeout = cmp.Or(l.ReadTimeout, 30*time.Second)
	l.StallTimeout = cmp.Or(l.StallTimeout, 30*time.Second)
	l.StallBytes = cmp.Or(l.StallBytes, 8<<10)
	l.Attempts = cmp.Or(l.Attempts, 10)
	l.Patience = cmp.Or(l.Patience, 30*time.Second)
	l.FirstContact = cmp.Or(l.FirstContact, 5*time.Second)
	l.Backoff = cmp.Or(l.Backoff, 250*time.Millisecond)
	l.BackoffMax = cmp.Or(l.BackoffMax, 15*time.Second)
	l.RetryAfter = cmp.Or(l.RetryAfter, time.Minute)
	return l
}

// A Client speaks to one API. It is safe for concurrent use.
type Client struct {
	base   *url.URL // no final slash
	path   string   // of base, as it is shown
	origin origin.Origin
	key    Secret
	bearer bool
	agent  string
	post   http.RoundTripper // creates: no client above it that could repeat or redirect
	get    *http.Client
	log    *slog.Logger
	limits Limits

	unwritten func(prompt string) bool // see OpenLocal; nil: it is not said

	answered *atomic.Bool // the server has, whatever it was
	givenUp  *atomic.Bool // it had not, all the time that a read waits for that
	scrub    *scrubber
}

// New returns a client. It sends nothing. It fails if the base URL or the key
// cannot be used.
func New(cfg Config) (*Client, error) {
	base, at, err := origin.Parse(cfg.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("use base URL: %w", err)
	}
	if err := checkKey(cfg.APIKey.reveal()); err != nil {
		return nil, err
	}
	c := &Client{
		base:     base,
		origin:   at,
		key:      cfg.APIKey,
		bearer:   cfg.Bearer,
		agent:    cmp.Or(cfg.UserAgent, "assetform"),
		post:     cfg.Transport,
		log:      cfg.Logger,
		limits:   cfg.Limits.withDefaults(),
		answered: new(atomic.Bool), givenUp: new(atomic.Bool),
		scrub: newScrubber(cfg.APIKey),
	}
	c.scrub.more = cfg.Redactor
	c.path = c.scrub.words(base.Path, maxMessage)
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	reads := cfg.Transport
	if reads == nil {
		t := newTransport()
		t.ResponseHeaderTimeout = max(c.limits.ReadTimeout, c.limits.StallTimeout)
		r := reach.New(at, cfg.Loopback)
		reads, c.post = r.Transport(t), r.Transport(newSubmitTransport())
	}
	c.get = &http.Client{Transport: reads, CheckRedirect: c.checkRedirect}
	return c, nil
}

// Origin returns the API's scheme://host:port. Task ids mean something within
// one origin alone.
func (c *Client) Origin() string { return c.origin.Full() }

// checkKey refuses keys that cannot be a header's value. net/http would refuse
// them too, later and once a request.
func checkKey(key string) error {
	if len(key) > 4096 {
		return fmt.Errorf("%w: it is longer than 4096 bytes", engine.ErrKey)
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] >= 0x7f {
			what := "a character that no key can have (not ASCII)"
			switch key[i] {
			case '\n', '\r':
				what = "a line break"
			case ' ', '\t':
				what = "a blank"
			}
			return fmt.Errorf("%w: it has %s at position %d", engine.ErrKey, what, i+1)
		}
	}
	return nil
}

// parallel is how many connections to one host are kept: the most tasks that
// are worth having in flight.
const parallel = 64

func newTransport() *http.Transport {
	return &http.Transport{
		TLSHandshakeTimeout:    15 * time.Second,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           2 * parallel,
		MaxIdleConnsPerHost:    parallel,
		IdleConnTimeout:        60 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

// newSubmitTransport is for creates alone. HTTP/1.1, because there "no
// connection yet" means "nothing sent" without any doubt. Connections are
// reused within a second only: a server that closes an idle connection while a
// request is on its way leaves a request whose outcome is unknown, and servers
// with an idle timeout of one second or less are rare.
func newSubmitTransport() *http.Transport {
	t := newTransport()
	t.ForceAttemptHTTP2 = false
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.IdleConnTimeout = time.Second
	return t
}

package reach

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"assetform/config/origin"
)

// ErrRefused is in the chain of the error of a request that was not sent
// because of where it leads.
var ErrRefused = errors.New("not sent")

// Reach is where the requests of one API's client may lead. It is safe for
// concurrent use.
type Reach struct {
	api      origin.Origin
	loopback bool // the API must be on this machine
	dialer   net.Dialer
	proxy    func(*http.Request) (proxied bool, err error)

	mu    sync.Mutex
	known map[class]bool // in which the API was reached
}

// New returns the reach of a client of the API at that origin. With loopback
// it must be on this machine, whatever its name resolves to; by http it must
// be so anyhow.
func New(api origin.Origin, loopback bool) *Reach {
	r := &Reach{
		api: api, loopback: loopback || !api.Encrypted(),
		known: map[class]bool{classOfHost(api.Host()): true},
		proxy: func(req *http.Request) (bool, error) {
			u, err := http.ProxyFromEnvironment(req)
			return u != nil, err
		},
	}
	r.dialer = net.Dialer{Timeout: 8 * time.Second, KeepAlive: 15 * time.Second, ControlContext: r.control}
	return r
}

// Transport returns t with its dialling in the hands of r.
func (r *Reach) Transport(t *http.Transport) http.RoundTripper {
	t.Proxy = http.ProxyFromEnvironment
	t.DialContext = r.dialer.DialContext
	return &transport{r, t}
}

type transport struct {
	reach *Reach
	next  http.RoundTripper
}

// hop is what is known of a request when its connection is dialled.
type hop struct {
	own     bool // to the API's origin
	local   bool // must end on this machine
	proxied bool // it is the proxy that is dialled
}

type hopKey struct{}

// RoundTrip implements http.RoundTripper. It sees every redirect.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	r := t.reach
	h, err := r.judge(req)
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	ctx := context.WithValue(req.Context(), hopKey{}, h)
	if h.own && !h.proxied {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: r.reached})
	}
	return t.next.RoundTrip(req.WithContext(ctx))
}

// judge looks at all of a request that can be known before it is dialled.
func (r *Reach) judge(req *http.Request) (hop, error) {
	to, err := origin.Of(req.URL)
	if err != nil {
		return hop{}, fmt.Errorf("%w: the URL is not one to be sure of: %w", ErrRefused, err)
	}
	if r.api.Encrypted() && !to.Encrypted() {
		return hop{}, fmt.Errorf("%w: it leads to http, and the API is at https", ErrRefused)
	}
	proxied, err := r.proxy(req)
	if err != nil {
		return hop{}, fmt.Errorf("%w: find the proxy: %w", ErrRefused, err)
	}
	h := hop{own: to == r.api, proxied: proxied}
	h.local = !to.Encrypted() || h.own && r.loopback
	if !proxied {
		return h, nil
	}
	// The proxy resolves the name. What it must not be asked for by name or
	// number can be told by its spelling alone.
	if h.local {
		return hop{}, fmt.Errorf("%w: it would go through a proxy, and must not leave this machine", ErrRefused)
	}
	return h, r.check(h, classOfHost(to.Host()), to.Host())
}

// control is called before each connect, with the address that was resolved.
func (r *Reach) control(ctx context.Context, _, address string, _ syscall.RawConn) error {
	h, _ := ctx.Value(hopKey{}).(hop)
	if h.proxied {
		return nil
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return r.check(h, classOf(at.Addr()), at.Addr().String())
}

func (r *Reach) check(h hop, c class, address string) error {
	r.mu.Lock()
	known := r.known[c]
	r.mu.Unlock()
	switch {
	case h.local && c != loopback:
		return fmt.Errorf("%w: %s is another machine; by http, and to a local server, nothing leaves this one", ErrRefused, address)
	case h.own || c == "" || known:
		return nil
	}
	return fmt.Errorf("%w: %s is an address that is %s, and the API is at none of that kind", ErrRefused, address, c)
}

// reached notes where the API was found. A connection counts once it stands,
// TLS included: a name may resolve to addresses that are not the API's.
func (r *Reach) reached(info httptrace.GotConnInfo) {
	at, err := netip.ParseAddrPort(info.Conn.RemoteAddr().String())
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known[classOf(at.Addr())] = true
}

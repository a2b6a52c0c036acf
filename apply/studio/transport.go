package studio

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// A Local is a Server inside this process and the way to reach it: no port is
// opened, nothing outside can connect, and every byte passes through the same
// HTTP as over a network.
type Local struct {
	*http.Transport // connects to the server, whatever the host of the URL

	server *Server
	http   *http.Server
	pipe   *pipeListener
	served chan struct{}
}

// LocalURL is the base URL to use with a Local. The name resolves nowhere.
const LocalURL = "http://studio.invalid/api/v1"

// NewLocal starts a server for this process: anonymous, without limits on
// requests in an hour or at once, with everything in memory.
func NewLocal(opts Options) (*Local, error) {
	opts.Anonymous, opts.DataDir = true, ""
	server, err := New(opts)
	if err != nil {
		return nil, err
	}
	l := &Local{
		server: server,
		http:   &http.Server{Handler: server},
		pipe:   &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})},
		served: make(chan struct{}),
	}
	l.Transport = &http.Transport{
		DialContext:         l.pipe.dial,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     time.Minute,
	}
	go func() {
		defer close(l.served)
		l.http.Serve(l.pipe) // ends with Close, and has no other errors to tell
	}()
	return l, nil
}

// Close ends the server and all connections to it. Results that were not
// fetched are lost.
func (l *Local) Close() error {
	l.CloseIdleConnections()
	l.http.Close()
	<-l.served
	return l.server.Close()
}

// A pipeListener accepts connections made by its own dial.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipeListener) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "in-process" }

package studio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"
)

// DefaultListen is the address that Serve listens on: this machine alone.
const DefaultListen = "127.0.0.1:8787"

// The time that a connection may take. Results and large uploads are slow at
// times, so bodies get minutes; headers never need more than seconds.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 5 * time.Minute
	writeTimeout      = 15 * time.Minute
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
	maxConns          = 1000
	shutdownTimeout   = 20 * time.Second
)

// ServeOptions are what `assetform serve` takes.
type ServeOptions struct {
	// Options configure the server. Without Keys, a key with the default
	// limits and a random secret is made and printed.
	Options
	// Listen is the TCP address; "" is DefaultListen. Port 0 takes a free one.
	Listen string
	// Ready, if set, is called with the API's base URL and the secret of the
	// random key, "" if there is none, once connections are accepted.
	Ready func(baseURL, secret string)
}

// Serve runs the server on an address until ctx ends, then lets requests and
// drawings in progress finish, for 20 seconds at most. It prints to out how
// to reach it. It returns nil after a regular end.
func Serve(ctx context.Context, o ServeOptions, out io.Writer) error {
	if o.Listen == "" {
		o.Listen = DefaultListen
	}
	var secret string
	if len(o.Keys) == 0 {
		secret = randomSecret()
		o.Keys = Keys{NewKey("default", secret)}
	}
	server, err := New(o.Options)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen: %w", err), server.Close())
	}
	base := "http://" + reachable(o.Listen, listener.Addr()) + apiPath[:len(apiPath)-1]
	announce(out, base, secret, listener.Addr())
	if o.Ready != nil {
		o.Ready(base, secret)
	}
	return serve(ctx, server, limitConns(listener, maxConns), out)
}

// reachable is what a client on this machine connects to: the host that was
// asked for, with the port that came of it. A listener at all addresses is
// reached at the loopback one of the family that was asked for, whatever family
// the system lists it under.
func reachable(asked string, got net.Addr) string {
	tcp, ok := got.(*net.TCPAddr)
	host, _, err := net.SplitHostPort(asked)
	if !ok || err != nil {
		return got.String()
	}
	ip := net.ParseIP(host)
	switch {
	case host == "", ip != nil && ip.IsUnspecified() && ip.To4() != nil:
		host = "127.0.0.1"
	case ip != nil && ip.IsUnspecified():
		host = "::1"
	}
	return net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}

// announce prints how to reach the server.
func announce(out io.Writer, base, secret string, addr net.Addr) {
	fmt.Fprintf(out, "assetform studio serves %s\n", base)
	if secret == "" {
		return
	}
	fmt.Fprintf(out, "API key: %s (new at every start; --keys FILE for keys of your own)\n", secret)
	if tcp, ok := addr.(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		fmt.Fprintf(out, "Warning: other machines can reach this address, and there is no keys file.\n"+
			"Everyone who learns the key above can use the server, over plain HTTP.\n")
	}
}

func serve(ctx context.Context, server *Server, listener net.Listener, out io.Writer) error {
	h := httpServer(server, server.opts.Logger)
	served := make(chan error, 1)
	go func() { served <- h.Serve(listener) }()
	select {
	case err := <-served:
		return errors.Join(fmt.Errorf("serve: %w", err), server.Close())
	case <-ctx.Done():
	}
	fmt.Fprintln(out, "Stopping; tasks in progress are finished.")
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err := h.Shutdown(limit)
	if errors.Is(err, context.DeadlineExceeded) {
		err = h.Close()
	}
	<-served
	return errors.Join(err, server.shutdown(limit))
}

// httpServer bounds what a connection may hold and for how long. The messages
// of net/http go to the structured log.
func httpServer(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
}

package diag

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// plainNet says what kept two programs from speaking with each other.
func plainNet(e *net.OpError) string {
	at := "the server"
	if e.Addr != nil {
		at = e.Addr.String()
	}
	var name *net.DNSError
	var addr *net.AddrError
	switch {
	case errors.As(e.Err, &name):
		return plainName(name)
	case errors.As(e.Err, &addr):
		return plainAddr(addr)
	case errors.Is(e.Err, syscall.ECONNREFUSED):
		return "nothing listens at " + at
	case errors.Is(e.Err, syscall.ECONNRESET), errors.Is(e.Err, syscall.EPIPE):
		return at + " broke the connection off"
	case errors.Is(e.Err, syscall.EHOSTUNREACH), errors.Is(e.Err, syscall.ENETUNREACH):
		return "no network leads to " + at
	case errors.Is(e.Err, syscall.EADDRINUSE):
		return "another program listens at " + at + " already"
	case errors.Is(e.Err, syscall.EADDRNOTAVAIL):
		return "this machine does not have the address " + at
	case errors.Is(e.Err, syscall.EACCES) && e.Op == "listen":
		return "this user may not listen at " + at
	case e.Timeout(), errors.Is(e.Err, os.ErrDeadlineExceeded):
		return at + " does not answer"
	case e.Op == "listen" && e.Addr == nil:
		return e.Err.Error()
	}
	return at + ": " + Plain(e.Err)
}

func plainName(e *net.DNSError) string {
	switch {
	case e.IsNotFound && strings.Contains(e.Err, "unknown port"):
		return fmt.Sprintf("%q is no port", e.Name[strings.LastIndexByte(e.Name, '/')+1:])
	case e.IsNotFound:
		return fmt.Sprintf("the name %q is not known", e.Name)
	case e.IsTimeout, e.IsTemporary:
		return fmt.Sprintf("what knows names does not answer, so that %q is not found", e.Name)
	}
	return fmt.Sprintf("the name %q is not found: %s", e.Name, e.Err)
}

func plainAddr(e *net.AddrError) string {
	switch e.Err {
	case "missing port in address":
		return fmt.Sprintf("%q has no port: write HOST:PORT, as in 127.0.0.1:8787", e.Addr)
	case "too many colons in address":
		return fmt.Sprintf("%q has too many colons: write [HOST]:PORT, as in [::1]:8787", e.Addr)
	case "invalid port":
		return fmt.Sprintf("%q is no port: it is between 0 and 65535", e.Addr)
	}
	return fmt.Sprintf("%q is no address: %s", e.Addr, e.Err)
}

// plainURL says what is wrong with an address that cannot be parsed. Other
// errors of that type repeat a request that stands in the message already.
func plainURL(e *url.Error) string {
	switch {
	case e.Op != "parse":
		return Plain(e.Err)
	case strings.Contains(e.Err.Error(), "first path segment"), strings.Contains(e.Err.Error(), "missing protocol scheme"):
		return fmt.Sprintf("%q has no scheme: a URL begins with https:// or http://", e.URL)
	}
	return fmt.Sprintf("%q is no URL: %s", e.URL, e.Err)
}

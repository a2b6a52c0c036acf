package origin

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Origin is scheme, host and port. Origins are equal if they are the same
// place; the zero value is none.
type Origin struct {
	scheme string // http or https
	host   string // lower case, without a final dot; an address as netip writes it
	port   uint16
}

// IsZero tells that there is no origin.
func (o Origin) IsZero() bool { return o == Origin{} }

// String is the origin as people write it: without the scheme's own port.
func (o Origin) String() string {
	if o.IsZero() {
		return ""
	}
	host := o.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if o.port == ports[o.scheme] {
		return o.scheme + "://" + host
	}
	return o.scheme + "://" + host + ":" + strconv.Itoa(int(o.port))
}

// Full is the origin with its port in any case: the form that journals hold.
func (o Origin) Full() string { return o.scheme + "://" + o.hostPort() }

// hostPort is what is dialled.
func (o Origin) hostPort() string { return net.JoinHostPort(o.host, strconv.Itoa(int(o.port))) }

// Host is the host name, or the address without brackets.
func (o Origin) Host() string { return o.host }

// Encrypted tells whether what is sent there is.
func (o Origin) Encrypted() bool { return o.scheme == "https" }

// Local tells whether the host is this machine by its spelling: a loopback
// address, or the name localhost.
func (o Origin) Local() bool {
	if o.host == "localhost" || strings.HasSuffix(o.host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(o.host)
	return err == nil && addr.Unmap().IsLoopback()
}

var ports = map[string]uint16{"http": 80, "https": 443}

// Parse reads the address of an API. The URL has no final slash.
func Parse(text string) (*url.URL, Origin, error) {
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c >= 0x7f || c == '\\' {
			return nil, Origin{}, errors.New("it has a character that no address can have: a blank, a backslash, or one that is not ASCII (write such a host name in punycode)")
		}
	}
	u, err := url.Parse(text)
	if err != nil && !strings.Contains(text, "://") {
		return nil, Origin{}, errors.New("it has no scheme: an address begins with https:// or http://")
	}
	if err != nil {
		return nil, Origin{}, fmt.Errorf("it is no address: %w", errors.Unwrap(err))
	}
	switch {
	case u.User != nil:
		return nil, Origin{}, errors.New("it has a user name or a password, which do not belong there")
	case strings.ContainsAny(text, "?#"):
		return nil, Origin{}, errors.New("it has a query or a fragment, which do not belong there")
	}
	o, err := Of(u)
	if err != nil {
		return nil, Origin{}, err
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, o, nil
}

// Of returns the origin of a URL, or an error if its host is none that one can
// be sure of.
func Of(u *url.URL) (Origin, error) {
	o := Origin{scheme: u.Scheme, port: ports[u.Scheme]}
	if o.port == 0 {
		return Origin{}, errors.New("it begins neither with https:// nor with http://")
	}
	if text := u.Port(); text != "" {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil || port == 0 {
			return Origin{}, errors.New("its port is not between 1 and 65535")
		}
		o.port = uint16(port)
	}
	var err error
	o.host, err = canonicalHost(u.Hostname())
	if err != nil {
		return Origin{}, err
	}
	return o, nil
}

// canonicalHost writes a host in its one form.
func canonicalHost(host string) (string, error) {
	if strings.Contains(host, ":") {
		addr, err := netip.ParseAddr(host)
		if err != nil || addr.Zone() != "" {
			return "", errors.New("its host is no IPv6 address (one with a zone is not taken)")
		}
		return addr.String(), nil
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "" {
		return "", errors.New("it has no host")
	}
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return "", errors.New("its host is no name of letters, digits, dashes and dots")
		}
	}
	if len(host) > 253 {
		return "", errors.New("its host name is longer than 253 characters")
	}
	if _, err := netip.ParseAddr(host); err != nil && isNumber(labels[len(labels)-1]) {
		// 127.1, 0x7f000001, 2130706433: an address to some programs, a name to
		// others.
		return "", errors.New("its host is an IPv4 address in an unusual spelling; write it as four decimal numbers")
	}
	return host, nil
}

// isNumber tells whether the last label of a host makes it an IPv4 address for
// browsers, proxies and C libraries.
func isNumber(label string) bool {
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}

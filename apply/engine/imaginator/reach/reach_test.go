package reach

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"assetform/config/origin"
)

// TestClassOf goes through the ranges, and the IPv6 forms of their addresses.
func TestClassOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]class{
		"8.8.8.8": "", "100.63.255.255": "", "100.128.0.0": "", "172.15.0.1": "", "172.32.0.1": "", "192.0.1.1": "", "198.17.0.1": "", "198.20.0.1": "", "223.255.255.255": "",
		"2606:4700::1111": "", "2a00::1": "", "::ffff:8.8.8.8": "", "64:ff9b::808:808": "", "2002:808:808::1": "",
		"127.0.0.1": loopback, "127.255.255.254": loopback, "::1": loopback, "::ffff:127.0.0.1": loopback, "::ffff:7f00:1": loopback,
		"::ffff:0:127.0.0.1": loopback, "64:ff9b::7f00:1": loopback, "2002:7f00:1::": loopback, "::127.0.0.1": loopback,
		"10.0.0.1": private, "172.16.0.1": private, "172.31.255.255": private, "192.168.1.1": private, "::ffff:10.1.2.3": private, "2002:c0a8:101::1": private, "64:ff9b::a00:1": private,
		"169.254.169.254": linkLocal, "fe80::1": linkLocal, "fe80::1%eth0": linkLocal, "febf::1": linkLocal, "::ffff:169.254.169.254": linkLocal, "2002:a9fe:a9fe::": linkLocal, "64:ff9b::a9fe:a9fe": linkLocal,
		"fc00::1": uniqueLocal, "fd00:ec2::254": uniqueLocal, "fec0::1": uniqueLocal,
		"0.0.0.0": unspecified, "0.1.2.3": unspecified, "::": unspecified, "::ffff:0.0.0.0": unspecified, "64:ff9b::": unspecified,
		"224.0.0.1": multicast, "239.1.1.1": multicast, "240.0.0.1": multicast, "255.255.255.255": multicast, "ff02::1": multicast, "::ffff:224.0.0.1": multicast,
		"100.64.0.1": shared, "100.127.255.255": shared, "192.0.0.1": protocol, "64:ff9b:1::1": protocol, "2001::1": protocol, "100::1": protocol,
		"198.18.0.1": benchmark, "198.19.255.255": benchmark, "::ffff:198.18.0.1": benchmark,
	} {
		if got := classOf(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
	for host, want := range map[string]class{
		"localhost": loopback, "a.localhost": loopback, "localhost.localdomain": loopback, "ip6-localhost": loopback, "10.0.0.1": private, "::1": loopback,
		"localhost.example": loopback, "example": "", "notlocalhost": "", "8.8.8.8": "",
	} {
		if got := classOfHost(host); got != want {
			t.Errorf("host %s is %q, want %q", host, got, want)
		}
	}
}

// nameServer answers every question for an IPv4 address with the one that is
// told for the name's first label, for IPv6 with none.
func nameServer(t *testing.T, names map[string]string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() { // ends with the connection
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			end := 12 + strings.IndexByte(string(buf[12:n]), 0) + 5
			answer := append([]byte{}, buf[:end]...)
			copy(answer[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
			addr, known := names[string(buf[13:13+buf[12]])]
			if known && binary.BigEndian.Uint16(buf[end-4:]) == 1 {
				answer[7] = 1
				answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
				answer = append(answer, netip.MustParseAddr(addr).AsSlice()...)
			}
			conn.WriteTo(answer, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func at(t *testing.T, text string) origin.Origin {
	t.Helper()
	_, o, err := origin.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestDialled dials names that lead where they should not, with and without an
// API that was reached there.
func TestDialled(t *testing.T) {
	t.Parallel()
	var arrived atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived.Add(1)
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
		}
	}))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	names := nameServer(t, map[string]string{"home": "127.0.0.1", "api": "127.0.0.1", "net": "10.255.255.1", "meta": "169.254.169.254"})
	client := func(api string) *http.Client {
		r := New(at(t, api), false)
		r.dialer.Resolver = names
		r.proxy = func(*http.Request) (bool, error) { return false, nil }
		base := server.Client().Transport.(*http.Transport).Clone()
		base.TLSClientConfig.ServerName = "example.com" // the certificate's
		c := &http.Client{Transport: r.Transport(base)}
		base.Proxy = nil
		return c
	}
	get := func(c *http.Client, url string) error {
		resp, err := c.Get(url)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}

	public := client("https://203.0.113.1")
	for _, url := range []string{
		"https://home.example" + port, "https://127.0.0.1" + port, "https://[::ffff:127.0.0.1]" + port, "https://meta.example/latest", "https://net.example/",
		"https://[64:ff9b::a9fe:a9fe]/", "https://0.0.0.0" + port, "https://[::]" + port,
	} {
		if err := get(public, url); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if err := get(public, "http://203.0.113.2/"); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "https") {
		t.Errorf("weaker than the API: %v", err)
	}
	if n := arrived.Load(); n > 0 {
		t.Errorf("%d requests arrived", n)
	}

	near := client("https://api.example" + port)
	if err := get(near, "https://home.example"+port); !errors.Is(err, ErrRefused) {
		t.Errorf("the API was not reached yet: %v", err)
	}
	if err := get(near, "https://api.example"+port); err != nil {
		t.Fatal(err)
	}
	if err := get(near, "https://home.example"+port); err != nil {
		t.Errorf("the API is on this machine too: %v", err)
	}
	for _, to := range []string{"https://net.example/", "https://meta.example/", "https://[fd00:ec2::254]/"} {
		if err := get(near, "https://api.example"+port+"/?to="+url.QueryEscape(to)); !errors.Is(err, ErrRefused) {
			t.Errorf("redirect to %s: %v", to, err)
		}
	}
}

// TestInTheClear: by http nothing leaves this machine, whoever asks for it.
func TestInTheClear(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "here") }))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	names := nameServer(t, map[string]string{"a": "203.0.113.1", "b": "127.0.0.1"})
	for _, c := range []struct {
		api, url string
		ok       bool
	}{
		{server.URL, server.URL, true},
		{server.URL, "http://b.example" + port, true},
		{server.URL, "http://a.example" + port, false},
		{server.URL, "http://10.0.0.1" + port, false},
		{"http://b.localhost" + port, "http://b.localhost" + port, true},
		{"http://a.localhost" + port, "http://a.localhost" + port, false},
	} {
		r := New(at(t, c.api), false)
		r.dialer.Resolver = names
		_, err := (&http.Client{Transport: r.Transport(&http.Transport{})}).Get(c.url)
		if c.ok != (err == nil) || !c.ok && !errors.Is(err, ErrRefused) {
			t.Errorf("%s from %s: %v", c.url, c.api, err)
		}
	}
	r := New(at(t, "https://a.example"), true)
	r.dialer.Resolver = names
	if _, err := (&http.Client{Transport: r.Transport(&http.Transport{})}).Get("https://a.example/"); !errors.Is(err, ErrRefused) {
		t.Errorf("a local server elsewhere: %v", err)
	}
}

// TestProxied: where a proxy dials, spelling is all that there is.
func TestProxied(t *testing.T) {
	t.Parallel()
	proxied := func(*http.Request) (bool, error) { return true, nil }
	for _, c := range []struct {
		api, url string
		ok       bool
	}{
		{"https://api.example", "https://api.example/x", true},
		{"https://api.example", "https://cdn.example/x", true},
		{"https://api.example", "https://8.8.8.8/x", true},
		{"https://api.example", "https://127.0.0.1/x", false},
		{"https://api.example", "https://[::ffff:a9fe:a9fe]/x", false},
		{"https://api.example", "https://169.254.169.254/x", false},
		{"https://api.example", "https://localhost./x", false},
		{"https://api.example", "https://LOCALHOST/x", false},
		{"https://api.example", "https://x.localhost/x", false},
		{"https://api.example", "https://2130706433/x", false},
		{"https://api.example", "https://0x7f.1/x", false},
		{"https://api.example", "https://127.1/x", false},
		{"https://api.example", "https://017700000001/x", false},
		{"https://api.example", "https://\uff11\uff12\uff17.0.0.1/x", false},
		{"https://api.example", "https://[fe80::1%25eth0]/x", false},
		{"https://api.example", "http://cdn.example/x", false},
		{"https://10.0.0.1", "https://10.0.0.1/x", true},
		{"https://10.0.0.1", "https://10.0.0.2/x", true},
		{"https://10.0.0.1", "https://127.0.0.1/x", false},
		{"http://a.localhost", "http://a.localhost/x", false},
		{"http://127.0.0.1", "http://cdn.example/x", false},
	} {
		r := New(at(t, c.api), false)
		r.proxy = proxied
		req, err := http.NewRequest(http.MethodGet, c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.judge(req); c.ok != (err == nil) || !c.ok && !errors.Is(err, ErrRefused) {
			t.Errorf("%s from %s: %v", c.url, c.api, err)
		}
	}
	// The proxy itself may be anywhere.
	r := New(at(t, "https://api.example"), false)
	ctx := context.WithValue(context.Background(), hopKey{}, hop{proxied: true})
	if err := r.control(ctx, "tcp4", "10.0.0.1:3128", nil); err != nil {
		t.Error(err)
	}
	if err := r.control(context.Background(), "tcp4", "10.0.0.1:3128", nil); !errors.Is(err, ErrRefused) {
		t.Errorf("a dial that nobody judged: %v", err)
	}
}

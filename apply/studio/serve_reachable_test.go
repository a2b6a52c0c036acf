package studio

import (
	"net"
	"testing"
)

func TestReachable(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{
		"0.0.0.0:0": "127.0.0.1:80", ":80": "127.0.0.1:80", "[::]:80": "[::1]:80",
		"localhost:0": "localhost:80", "127.0.0.1:80": "127.0.0.1:80", "[::1]:80": "[::1]:80", "10.0.0.7:80": "10.0.0.7:80",
	} {
		if got := reachable(asked, &net.TCPAddr{IP: net.IPv6unspecified, Port: 80}); got != want {
			t.Errorf("asked for %s: %s, want %s", asked, got, want)
		}
	}
}

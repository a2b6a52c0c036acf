package reach

import (
	"net/netip"
	"strings"
)

// class is what an address is for; "" are those of the internet.
type class string

const (
	loopback    class = "loopback"
	private     class = "private"
	linkLocal   class = "link-local"
	uniqueLocal class = "unique local"
	unspecified class = "unspecified"
	multicast   class = "multicast or reserved"
	shared      class = "shared (100.64.0.0/10)"
	protocol    class = "of a protocol"
	benchmark   class = "of benchmarks"
)

// table is in the order in which it is looked through.
var table = []struct {
	prefix netip.Prefix
	class  class
}{
	{netip.MustParsePrefix("0.0.0.0/8"), unspecified},
	{netip.MustParsePrefix("10.0.0.0/8"), private},
	{netip.MustParsePrefix("100.64.0.0/10"), shared},
	{netip.MustParsePrefix("127.0.0.0/8"), loopback},
	{netip.MustParsePrefix("169.254.0.0/16"), linkLocal},
	{netip.MustParsePrefix("172.16.0.0/12"), private},
	{netip.MustParsePrefix("192.0.0.0/24"), protocol},
	{netip.MustParsePrefix("192.168.0.0/16"), private},
	{netip.MustParsePrefix("198.18.0.0/15"), benchmark},
	{netip.MustParsePrefix("224.0.0.0/3"), multicast}, // and reserved, and broadcast

	{netip.MustParsePrefix("::/128"), unspecified},
	{netip.MustParsePrefix("::1/128"), loopback},
	{netip.MustParsePrefix("64:ff9b:1::/48"), protocol}, // NAT64 of the local network
	{netip.MustParsePrefix("100::/64"), protocol},       // discarded
	{netip.MustParsePrefix("2001::/23"), protocol},      // Teredo among them
	{netip.MustParsePrefix("fc00::/7"), uniqueLocal},
	{netip.MustParsePrefix("fe80::/10"), linkLocal},
	{netip.MustParsePrefix("fec0::/10"), uniqueLocal}, // their predecessors
	{netip.MustParsePrefix("ff00::/8"), multicast},
}

// embedding are the IPv6 addresses that lead to an IPv4 address in them.
var embedding = []struct {
	prefix netip.Prefix
	at     int // of its first byte
}{
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 12}, // translated
	{netip.MustParsePrefix("64:ff9b::/96"), 12},    // NAT64
	{netip.MustParsePrefix("2002::/16"), 2},        // 6to4
	{netip.MustParsePrefix("::/96"), 12},           // compatible, after :: and ::1
}

// classOf returns the class of an address, or of the IPv4 address that it
// leads to.
func classOf(addr netip.Addr) class {
	addr = addr.WithZone("")
	if addr.Is4In6() { // a prefix of IPv6 holds no mapped address
		return classOf(addr.Unmap())
	}
	for _, row := range table {
		if row.prefix.Contains(addr) {
			return row.class
		}
	}
	if addr.Is6() {
		bytes := addr.As16()
		for _, e := range embedding {
			if e.prefix.Contains(addr) {
				return classOf(netip.AddrFrom4([4]byte(bytes[e.at : e.at+4])))
			}
		}
	}
	return ""
}

// classOfHost returns the class that the spelling of a host tells: of an
// address, or of a name of this machine.
func classOfHost(host string) class {
	if addr, err := netip.ParseAddr(host); err == nil {
		return classOf(addr)
	}
	first, _, _ := strings.Cut(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	switch {
	case first == "localhost", last == "localhost", last == "localdomain", host == "localhost6", host == "ip6-localhost", host == "ip6-loopback":
		return loopback
	}
	return ""
}

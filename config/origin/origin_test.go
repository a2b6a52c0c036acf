package origin

import (
	"net/url"
	"strings"
	"testing"
)

// TestEqualOrigins holds which spellings are one place, and which are not.
func TestEqualOrigins(t *testing.T) {
	t.Parallel()
	parse := func(text string) Origin {
		t.Helper()
		_, o, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return o
	}
	for text, same := range map[string][]string{
		"https://imaginator.mat3u.com/api/v1": {
			"https://imaginator.mat3u.com", "HTTPS://IMAGINATOR.mat3u.COM:443/", "https://imaginator.mat3u.com./api",
			"https://imaginator.mat3u.com:0443", "https://imaginator.mat3u.com:/x",
		},
		"http://127.0.0.1:80": {"http://127.0.0.1"},
		"http://[::1]:8787":   {"http://[0:0:0:0:0:0:0:1]:8787/a"},
		"http://[FE80::A]":    {"http://[fe80::000a]:80"},
	} {
		for _, other := range same {
			if a, b := parse(text), parse(other); a != b || a.String() != b.String() {
				t.Errorf("%s is %s and %s is %s", text, a, other, b)
			}
		}
	}
	standard := parse("https://imaginator.mat3u.com")
	for _, other := range []string{
		"http://imaginator.mat3u.com", "http://imaginator.mat3u.com:443", "https://imaginator.mat3u.com:8443",
		"https://imaginator.mat3u.com.evil.example", "https://evil.example/imaginator.mat3u.com", "https://api.imaginator.mat3u.com",
		"https://imaginatormat3u.com", "https://xn--imginator-w8a.mat3u.com", "https://imaginator.mat3u.co",
	} {
		if parse(other) == standard {
			t.Errorf("%s passes for the service", other)
		}
	}
	if a, b := parse("http://127.0.0.1:1"), parse("http://[::ffff:127.0.0.1]:1"); a == b {
		t.Error("a mapped address passes for the plain one")
	}
}

// TestOddAddresses refuses what programs read differently.
func TestOddAddresses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "host", "//host", "https:host", "https://", "https:///x", "https://:443", "ftp://host", "file:///etc", "javascript:x",
		"https://imaginator.mat3u.com@evil.example", "https://imaginator.mat3u.com:pw@evil.example", "https://@evil.example",
		`https://evil.example\@imaginator.mat3u.com`, `https:\\evil.example`, `https://imaginator.mat3u.com\.evil.example`,
		"https://imaginator.mat3u.com%2eevil.example", "https://imaginator.mat3u.com%00.evil.example", "https://im%61ginator.mat3u.com",
		"https://imaginator.mat3u.com?x=.evil", "https://imaginator.mat3u.com#@evil", "https://host/#", "https://host/?",
		"https://im\u0430ginator.mat3u.com", "https://imaginator\u3002mat3u.com", "https://\uff11\uff12\uff17.0.0.1",
		"https://host name", "https://host\tname", "https://host\n", " https://host", "https://host ", "https://host\x00",
		"https://a..b", "https://.a", "https://host..", "https://a*b", "https://a_b!", "https://" + strings.Repeat("a", 64),
		"https://" + strings.Repeat("a.", 200) + "a",
		"http://2130706433", "http://0x7f000001", "http://0x7f.1", "http://0177.0.0.1", "http://127.1", "http://127.0.0.1.", "http://127.0.0.01", "http://1.2.3.4.5", "http://0x",
		"http://[fe80::1%25eth0]", "http://[::1", "http://::1", "http://[1.2.3.4]", "http://[::1]x", "http://[]",
		"https://host:0", "https://host:65536", "https://host:-1", "https://host:port", "https://host:80:90",
	} {
		if text == "http://127.0.0.1." {
			continue // a final dot is cut off everywhere
		}
		if u, o, err := Parse(text); err == nil {
			t.Errorf("%q is taken for %s (%s)", text, o, u)
		} else if strings.Contains(err.Error(), "%!") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"http://localhost:1": true, "http://LOCALHOST.:1": true, "http://a.localhost": true, "http://127.9.9.9": true, "http://[::1]": true, "http://[::ffff:127.0.0.1]": true,
		"http://localhost.evil.example": false, "http://127.0.0.1.evil.example": false, "http://0.0.0.0": false, "http://[::]": false,
		"http://10.0.0.1": false, "http://localhost.localdomain": false, "http://notlocalhost": false,
	} {
		_, o, err := Parse(text)
		if err != nil || o.Local() != want || (o.CheckScheme() == nil) != want {
			t.Errorf("%s: local %t, %v", text, o.Local(), err)
		}
	}
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	a, err := ParseAllowed("  https://gate.example/api/v1/\thttp://127.0.0.1:8787 ")
	if err != nil || a.First() != "https://gate.example/api/v1" {
		t.Fatalf("%q, %v", a.First(), err)
	}
	at := func(text string) Origin {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		o, err := Of(u)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	for text, want := range map[string]string{
		"https://GATE.example:443/other": "https://gate.example/api/v1", "http://127.0.0.1:8787/x": "http://127.0.0.1:8787",
		"http://gate.example": "", "https://127.0.0.1:8787": "", "https://gate.example.evil": "",
	} {
		if got, ok := a.BaseAt(at(text)); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %t", text, got, ok)
		}
	}
	if empty, err := ParseAllowed(" "); err != nil || empty.First() != "" {
		t.Error("blanks are an address")
	}
	for _, text := range []string{"gate.example", "https://a.example,https://b.example", "https://a.example u:p@b"} {
		if _, err := ParseAllowed(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	if o := at("https://h:443/x"); o.Full() != "https://h:443" || o.String() != "https://h" || (Origin{}).String() != "" {
		t.Error("an origin is written wrongly")
	}
	if o := at("http://[::1]:80"); o.Full() != "http://[::1]:80" || o.String() != "http://[::1]" {
		t.Error("an IPv6 origin is written wrongly")
	}
}

package report

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"sync"
)

// Index is the name of the first page.
const Index = "index.html"

// names is the form of every name that Write gives to a file, or gave in an
// earlier release.
var names = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(index\.html|static/(icon\.svg|report\.css|report\.js|theme\.js|viewer\.css|viewer\.js|films\.js)|` +
		`asset/[a-z0-9-]{1,60}-([0-9a-f]{8}|[0-9a-f]{64})\.html|media/[0-9a-f]{64}\.(png|jpg|webp|gif|ico|mp4|webm)|thumb/[0-9a-f]{64}(-[0-9])?\.(png|jpg|txt))$`)
})

// IsName tells whether Write could give a file that name.
func IsName(name string) bool { return names().MatchString(name) }

// pageName is a file name that stays the same from report to report. Two
// addresses whose short names are the same, which takes some 65,000 tries to
// find, would show one asset under the name of the other: the second gets its
// whole hash.
func pageName(address string, taken map[string]bool) string {
	var b strings.Builder
	for _, r := range strings.ToLower(address) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 48 {
			break
		}
	}
	sum := sha256.Sum256([]byte(address))
	name := strings.Trim(b.String(), "-") + "-" + hex.EncodeToString(sum[:4]) + ".html"
	if taken[name] {
		name = strings.Trim(b.String(), "-") + "-" + hex.EncodeToString(sum[:]) + ".html"
	}
	taken[name] = true
	return name
}

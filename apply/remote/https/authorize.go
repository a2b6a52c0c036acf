package https

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"assetform/config/origin"
)

// authorization is the header that lets in at an origin, "" for none.
//
// The token is bound to the origin that ASSETFORM_REMOTE_URL names beside it:
// the address of a remote may stand in a file that strangers wrote. An entry of
// the netrc file is bound to its host, and to the port of https there; its
// default, which is for any host, is not for ours.
func authorization(o origin.Origin, getenv func(string) string) string {
	_, named, err := origin.Parse(strings.TrimSpace(getenv("ASSETFORM_REMOTE_URL")))
	trusted := err == nil && named == o
	if token := strings.TrimSpace(getenv("ASSETFORM_REMOTE_TOKEN")); token != "" && trusted {
		return "Bearer " + token
	}
	if !trusted && o.String() != "https://"+bracketed(o.Host()) {
		return ""
	}
	b, err := os.ReadFile(netrcFile(getenv))
	if err != nil {
		return ""
	}
	login, password, ok := netrc(string(b), o.Host())
	if !ok {
		return ""
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(login+":"+password))
}

func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// netrcFile is where curl and git look.
func netrcFile(getenv func(string) string) string {
	if file := getenv("NETRC"); file != "" {
		return file
	}
	name, home := ".netrc", getenv("HOME")
	if runtime.GOOS == "windows" {
		name, home = "_netrc", getenv("USERPROFILE")
	}
	if home == "" {
		return ""
	}
	return filepath.Join(home, name)
}

// netrc finds a host's login and password in the text of a netrc file.
func netrc(text, host string) (login, password string, ok bool) {
	words := netrcWords(text)
	for i := 0; i < len(words); i++ {
		if words[i] != "machine" || i+1 >= len(words) || !strings.EqualFold(words[i+1], host) {
			continue
		}
		for i += 2; i+1 < len(words); i += 2 {
			switch words[i] {
			case "login":
				login = words[i+1]
			case "password":
				password = words[i+1]
			case "account":
			default:
				return login, password, password != ""
			}
		}
		return login, password, password != ""
	}
	return "", "", false
}

// netrcWords parts a netrc file, without its comments and macros: a macro goes
// on to the next empty line, and what it says is no entry.
func netrcWords(text string) (words []string) {
	inMacro := false
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if inMacro {
			inMacro = len(fields) > 0
			continue
		}
		for i, field := range fields {
			if strings.HasPrefix(field, "#") && i == 0 {
				break
			}
			if field == "macdef" {
				inMacro = true
				break
			}
			words = append(words, strings.Trim(field, `"`))
		}
	}
	return words
}

package origin

import (
	"strings"
	"testing"
)

func TestRemotes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"s3://studio-art/game?region=eu-central-1": "s3://studio-art",
		"s3://studio-art":                          "s3://studio-art",
		"https://ART.example:443/game/":            "https://art.example",
		"http://127.0.0.1:8080/x":                  "http://127.0.0.1:8080",
		"http://localhost:8080":                    "http://localhost:8080",
		"oci://ghcr.io/studio/art":                 "oci://ghcr.io",
		"oci://127.0.0.1:5000/art":                 "oci://127.0.0.1:5000",
		"file:///mnt/nas/art/":                     "file:///mnt/nas/art",
		"file:///mnt/a%20b":                        "file:///mnt/a b",
	} {
		if _, shown, err := ParseRemote(text); err != nil || shown != want {
			t.Errorf("%s: %q, %v", text, shown, err)
		}
	}
	for text, says := range map[string]string{
		"":                                  "no scheme",
		"mnt/art":                           "no scheme",
		"ftp://host/art":                    "nothing here speaks",
		"gs://bucket":                       "nothing here speaks",
		"https://me@host/x":                 "user name",
		"https://me:pw@host/x":              "user name",
		"s3://key:secret@bucket":            "user name",
		"http://art.example/x":              "https://",
		"http://10.0.0.1/x":                 "https://",
		"https://host/x?token=1":            "query",
		"https://host/x#a":                  "fragment",
		"https://host/x#":                   "fragment",
		"s3://bucket?endpoint=https://e":    "endpoint",
		"s3:///game":                        "bucket",
		"oci://ghcr.io/":                    "repository",
		"oci://2130706433/x":                "IPv4",
		"file://host/":                      "no directory",
		"file:///":                          "no directory",
		"file:///..":                        "no directory",
		"file:art":                          "two slashes",
		"https:host":                        "two slashes",
		"https://im\u0430ginator.mat3u.com": "character",
		`file:///C:\art`:                    "character",
		"https://a b":                       "character",
	} {
		if _, shown, err := ParseRemote(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %q, %v", text, shown, err)
		}
	}
}

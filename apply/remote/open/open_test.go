package open

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "v1"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{
		"file://" + filepath.ToSlash(dir), "file://localhost" + filepath.ToSlash(dir), "https://files.example/art", "http://127.0.0.1:8080", "http://localhost/",
		"oci://registry.example/studio/art", "s3://art/game?region=eu-central-1",
	} {
		f, err := Open(t.Context(), address, nil)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if err := f.Close(); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	inside := filepath.Join(dir, "project", ".git", "art")
	link := filepath.Join(dir, "link")
	if err := errors.Join(os.MkdirAll(filepath.Join(inside, "v1"), 0o777), os.Symlink(inside, link)); err != nil {
		t.Skip(err)
	}
	for address, words := range map[string]string{
		"file://" + filepath.ToSlash(inside): "in a directory .git",
		"file://" + filepath.ToSlash(link):   "in a directory .git",
		"file:///my/project/.assetform":      "in a directory .assetform",
		"":                                   "begins with file://, https://, oci://, s3://",
		"ftp://files.example/art":            "begins with",
		"/mnt/nas":                           "begins with",
		"https://me:s3cr3t@files/art":        "user name or password",
		"s3://key:s3cr3t@art":                "user name or password",
		"https://files.example/?a=b":         "a query",
		"https://files.example/?":            "a query",
		"file:///mnt/nas?a=b":                "a query",
		"https://files.example/#a":           "a fragment",
		"file:/mnt/nas#":                     "a fragment",
		"https:files":                        "do not belong",
		"http://files.example/art":           "this machine alone",
		"file://":                            "names no directory",
		"file:///":                           "names no directory",
		"file://nas/art":                     `names the machine "nas"`,
		"file:///no/such/place":              "not mounted",
		"https://files.example/a b":          "a character",
		"https://files.example:port/":        "no URL",
		"https://s3cr3t:x%zz@files/":         "no URL",
		"oci://registry.example":             "no repository",
		"s3://art?region=x&endpoint=y":       "region alone",
	} {
		_, err := Open(t.Context(), address, nil)
		if err == nil || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: got error %v, want words %q", address, err, words)
		}
	}
}

// TestDirectory holds what file:// means on Windows.
func TestDirectory(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"file:///C:/art/game": "C:/art/game", "file://nas/share/art": "//nas/share/art", "file:///mnt/with%20blank": "/mnt/with blank",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := directory(u, true); err != nil || filepath.ToSlash(got) != want {
			t.Errorf("%s: got %q, error %v, want %q", address, got, err, want)
		}
	}
}

func TestGetenv(t *testing.T) {
	t.Parallel()
	if got := getenv([]string{"A=1", "AB=2", "A=3", "B="}, "A"); got != "3" {
		t.Errorf("got %q", got)
	}
}

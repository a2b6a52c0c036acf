package open

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"assetform/apply/remote"
	"assetform/apply/remote/file"
	"assetform/apply/remote/https"
	"assetform/apply/remote/oci"
	"assetform/apply/remote/s3"
	"assetform/config/pathname"
)

// backends are what opens the addresses of each scheme.
var backends = map[string]func(u *url.URL, getenv func(string) string) (remote.Files, error){
	"file":  openFile,
	"https": https.Open,
	"http":  https.Open, // this machine alone
	"oci":   oci.Open,
	"s3":    s3.Open,
}

// Open opens the remote at an address, in the environment of a process. Nothing
// is sent yet, and what is not there may be told by the first call alone.
func Open(ctx context.Context, address string, environ []string) (remote.Files, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	u, err := parse(address)
	if err != nil {
		return nil, err
	}
	return backends[u.Scheme](u, func(name string) string { return getenv(environ, name) })
}

// Check tells what is wrong with an address by itself, wherever it is used.
func Check(address string) error {
	u, err := parse(address)
	if err != nil {
		return err
	}
	if u.Scheme == "file" {
		_, err = directory(u, runtime.GOOS == "windows")
		return err
	}
	f, err := backends[u.Scheme](u, func(string) string { return "" })
	if err != nil {
		return err
	}
	return f.Close()
}

// parse reads an address. Its errors do not repeat it: it may have a password
// in it, which is one of them.
func parse(address string) (*url.URL, error) {
	for _, c := range []byte(address) {
		if c <= ' ' || c >= 0x7f || c == '\\' {
			return nil, errors.New("the remote's address has a character that none has: a blank, a backslash, or one that is not ASCII")
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the remote's address is no URL")
	}
	if backends[u.Scheme] == nil {
		schemes := slices.DeleteFunc(slices.Sorted(maps.Keys(backends)), func(s string) bool { return s == "http" })
		return nil, fmt.Errorf("a remote's address begins with %s://", strings.Join(schemes, "://, "))
	}
	switch {
	case u.User != nil || strings.Contains(u.Host, "@"):
		return nil, errors.New("the remote's address has a user name or password: credentials come from the environment, or from where the backend's own programs keep them")
	case u.Opaque != "" || strings.Contains(address, "#") || u.RawQuery == "" && strings.Contains(address, "?") || u.RawQuery != "" && u.Scheme != "s3":
		return nil, errors.New("the remote's address has a fragment or a query, which do not belong there")
	}
	return u, nil
}

// openFile opens file:///DIRECTORY, on Windows also file:///C:/DIRECTORY and
// file://SERVER/SHARE/DIRECTORY.
func openFile(u *url.URL, _ func(string) string) (remote.Files, error) {
	dir, err := directory(u, runtime.GOOS == "windows")
	if err != nil {
		return nil, err
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		real = dir // what is not there says so itself
	}
	if inside := pathname.Reserved(filepath.ToSlash(real)); inside != "" {
		return nil, fmt.Errorf("%w: it would lie in a directory %s, which is not for it: name one outside of the project", remote.ErrNowhere, inside)
	}
	return file.Open(dir)
}

func directory(u *url.URL, windows bool) (string, error) {
	host, dir := u.Host, u.Path
	if strings.EqualFold(host, "localhost") {
		host = ""
	}
	switch drive := strings.TrimPrefix(dir, "/"); {
	case strings.Contains(dir, "\x00") || strings.Trim(dir, "/") == "":
		return "", errors.New("the remote's address names no directory: write file:///DIRECTORY")
	case host != "" && !windows:
		return "", fmt.Errorf("the remote's address names the machine %q: mount its share and write file:///DIRECTORY", host)
	case host != "":
		return filepath.FromSlash("//" + host + dir), nil
	case windows && len(drive) >= 2 && drive[1] == ':':
		return filepath.FromSlash(drive), nil
	}
	return filepath.FromSlash(dir), nil
}

// getenv finds a variable; the last one of a name counts.
func getenv(environ []string, name string) string {
	for _, entry := range slices.Backward(environ) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

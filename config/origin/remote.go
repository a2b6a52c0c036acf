package origin

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
)

// RemoteSchemes are the kinds of places where a project's remote may be.
var RemoteSchemes = []string{"s3", "https", "oci", "file"}

// ParseRemote reads the URL of a remote. shown names the place as a reviewer
// wants to read it: who answers there.
func ParseRemote(text string) (u *url.URL, shown string, err error) {
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c >= 0x7f || c == '\\' {
			return nil, "", errors.New("it has a character that no URL can have: write a blank as %20, and a path with slashes")
		}
	}
	u, err = url.Parse(text)
	switch {
	case err != nil:
		return nil, "", fmt.Errorf("it is no URL: %w", errors.Unwrap(err))
	case u.User != nil:
		return nil, "", errors.New("it has a user name or a password: credentials come from where the tools of the place keep them, never from a URL")
	case u.Fragment != "" || strings.HasSuffix(text, "#"):
		return nil, "", errors.New("it has a fragment, which does not belong there")
	case u.RawQuery != "" && u.Scheme != "s3":
		return nil, "", errors.New("it has a query, which only s3:// takes")
	case u.Opaque != "":
		return nil, "", fmt.Errorf("two slashes follow the scheme: %s://", u.Scheme)
	}
	switch u.Scheme {
	case "file":
		if !path.IsAbs(u.Path) || path.Clean(u.Path) == "/" {
			return nil, "", errors.New("it names no directory: write file:/// and the whole path, as in file:///mnt/nas/art")
		}
		return u, "file://" + u.Host + path.Clean(u.Path), nil // a host has a share, for some systems
	case "s3":
		for name := range u.Query() {
			if name != "region" {
				return nil, "", fmt.Errorf("its query has %q, and only region belongs there; an endpoint comes from the environment alone", name)
			}
		}
		if u.Host == "" {
			return nil, "", errors.New("it names no bucket: s3://BUCKET/PREFIX")
		}
		return u, "s3://" + u.Host, nil
	case "oci", "https", "http":
		at := *u
		if u.Scheme == "oci" {
			at.Scheme = "https"
		}
		o, err := Of(&at)
		if err == nil {
			err = o.CheckScheme()
		}
		if err != nil {
			return nil, "", err
		}
		if u.Scheme == "oci" {
			if strings.Trim(u.Path, "/") == "" {
				return nil, "", errors.New("it names no repository: oci://REGISTRY/REPOSITORY")
			}
			return u, "oci" + strings.TrimPrefix(o.String(), "https"), nil
		}
		return u, o.String(), nil
	case "":
		return nil, "", errors.New("it has no scheme: " + known())
	}
	return nil, "", fmt.Errorf("nothing here speaks %q: %s", u.Scheme, known())
}

func known() string {
	return "a remote begins with " + strings.Join(RemoteSchemes[:len(RemoteSchemes)-1], "://, ") + ":// or " + RemoteSchemes[len(RemoteSchemes)-1] + "://"
}

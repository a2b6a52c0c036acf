package s3

import "net/url"

// Address is where a file of a remote is.
func Address(u *url.URL, getenv func(string) string, name string) (string, error) {
	b, err := parse(u, getenv)
	if err != nil {
		return "", err
	}
	return b.address(name).String(), nil
}

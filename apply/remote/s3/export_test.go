package s3

import (
	"net/http"
	"net/url"
	"time"
)

// Address is where a file of a remote is.
func Address(u *url.URL, getenv func(string) string, name string) (string, error) {
	b, err := parse(u, getenv)
	if err != nil {
		return "", err
	}
	return b.address(name).String(), nil
}

// Sign signs a request of somebody's.
func Sign(r *http.Request, id, secret, region, sum string) {
	sign(r, key{ID: id, Secret: secret}, region, sum, time.Now())
}

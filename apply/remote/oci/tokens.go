package oci

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"assetform/apply/remote"
	"assetform/config/origin"
)

// tokens lets in at a registry. One that wants more than a name says where
// tokens are given, for what is asked: reading, writing or deleting.
type tokens struct {
	client *http.Client
	getenv func(string) string
	host   string

	mu     sync.Mutex
	known  *login            // of docker's configuration; nil: it was not asked yet
	header map[string]string // Authorization, by what is asked
}

// authorize is for web.Site.
func (t *tokens) authorize(r *http.Request, _ io.ReadSeeker) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if header := t.header[asked(r.Method)]; header != "" {
		r.Header.Set("Authorization", header)
	}
	return nil
}

// asked is what a method needs.
func asked(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead:
		return "read"
	case http.MethodDelete:
		return "delete"
	}
	return "write"
}

// obtain does what a registry's challenges say.
func (t *tokens) obtain(ctx context.Context, method string, challenges []string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil {
		l, err := dockerLogin(ctx, t.host, t.getenv)
		if err != nil {
			return err
		}
		t.known = &l
	}
	for _, challenge := range challenges {
		scheme, parameters := parseChallenge(challenge)
		header := ""
		switch {
		case scheme == "bearer":
			token, err := t.token(ctx, parameters)
			if err != nil {
				return err
			}
			header = "Bearer " + token
		case scheme == "basic" && t.known.user != "":
			header = t.known.basic()
		default:
			continue
		}
		if t.header == nil {
			t.header = map[string]string{}
		}
		t.header[asked(method)] = header
		return nil
	}
	return fmt.Errorf("%w: docker has no credentials for %s that it takes: docker login %s", remote.ErrDenied, t.host, t.host)
}

func (l *login) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(l.user+":"+l.password))
}

// token asks for a token where the registry says. Its errors have neither
// address nor answer in them.
func (t *tokens) token(ctx context.Context, parameters map[string]string) (string, error) {
	realm, err := url.Parse(parameters["realm"])
	if err != nil || !t.mayAsk(realm) {
		return "", errors.New("the registry's tokens are given at an address to which no password may go")
	}
	form := url.Values{"service": {parameters["service"]}, "scope": strings.Fields(parameters["scope"])}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, realm.String(), nil)
	if t.known.identity != "" {
		form.Set("grant_type", "refresh_token")
		form.Set("client_id", "assetform")
		form.Set("refresh_token", t.known.identity)
		form.Set("scope", parameters["scope"])
		req, err = http.NewRequestWithContext(ctx, http.MethodPost, realm.String(), strings.NewReader(form.Encode()))
	}
	if err != nil {
		return "", errors.New("the registry's tokens are given at an address that is none")
	}
	if t.known.identity != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else {
		query := realm.Query()
		for name, values := range form {
			query[name] = values
		}
		req.URL.RawQuery = query.Encode()
		if t.known.user != "" {
			req.Header.Set("Authorization", t.known.basic())
		}
	}
	answer, err := t.client.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return "", fmt.Errorf("ask for a token: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden {
		return "", fmt.Errorf("%w: the registry gives no token: docker login %s", remote.ErrDenied, t.host)
	}
	var given struct {
		Token  string `json:"token"`
		Access string `json:"access_token"`
	}
	err = json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&given)
	if given.Token == "" {
		given.Token = given.Access
	}
	if answer.StatusCode != http.StatusOK || err != nil || given.Token == "" {
		return "", fmt.Errorf("ask for a token: the answer, %d %s, has none", answer.StatusCode, http.StatusText(answer.StatusCode))
	}
	return given.Token, nil
}

// mayAsk tells whether a password may go to an address: encrypted, or from this
// machine to this machine.
func (t *tokens) mayAsk(realm *url.URL) bool {
	to, err := origin.Of(realm)
	if err != nil || realm.User != nil {
		return false
	}
	registry, err := origin.Of(&url.URL{Scheme: "https", Host: t.host})
	return err == nil && (to.Encrypted() || to.Local() && registry.Local())
}

// parseChallenge reads a header like Bearer realm="...",scope="a,b".
func parseChallenge(text string) (scheme string, parameters map[string]string) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	parameters = map[string]string{}
	for {
		name, value, ok := strings.Cut(rest, "=")
		if !ok {
			return strings.ToLower(scheme), parameters
		}
		name = strings.ToLower(strings.Trim(name, ", "))
		if quoted, ok := strings.CutPrefix(value, `"`); ok {
			value, rest, _ = strings.Cut(quoted, `"`)
		} else {
			value, rest, _ = strings.Cut(value, ",")
		}
		parameters[name] = value
	}
}

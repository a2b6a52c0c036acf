package studio

import (
	"net/http"
	"strings"
	"time"

	"assetform/apply/engine/imaginator"
)

// authenticate returns the key that the request was sent with. A key without a
// licence passes: it may read what it has generated, see mayGenerate.
func (s *Server) authenticate(r *http.Request) (Key, *refusal) {
	secret := presented(r.Header)
	if secret == "" {
		return Key{}, refuse(imaginator.CodeAuthRequired,
			"API key not provided: send it in X-API-Key, or as Authorization: Bearer")
	}
	key, ok := s.opts.Keys.find(secret)
	switch {
	case !ok:
		return Key{}, refuse(imaginator.CodeInvalidAPIKey, "Invalid API key")
	case key.Disabled:
		return Key{}, refuse(imaginator.CodeAPIKeyDisabled, "API key is disabled")
	case !key.Expires.IsZero() && !s.now().Before(key.Expires):
		return Key{}, refuse(imaginator.CodeAPIKeyExpired,
			"API key expired at %s", key.Expires.UTC().Format(time.RFC3339))
	}
	return key, nil
}

// mayGenerate refuses keys without a licence.
func mayGenerate(key Key) *refusal {
	if key.License {
		return nil
	}
	return refuse(imaginator.CodeNoActiveLicense, "No active license").after(time.Hour)
}

// presented returns the secret in the headers: X-API-Key before Authorization.
func presented(h http.Header) string {
	if secret := strings.TrimSpace(h.Get(imaginator.HeaderAPIKey)); secret != "" {
		return secret
	}
	scheme, secret, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(secret)
}

package s3

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"assetform/apply/remote"
)

// key lets in at a service. Its JSON is what credential programs and roles
// answer.
type key struct {
	ID      string    `json:"AccessKeyId"`
	Secret  string    `json:"SecretAccessKey"`
	Token   string    `json:"SessionToken"` // "" for none
	Expires time.Time `json:"Expiration"`   // zero: never
}

// keys finds credentials where AWS's own programs do, in their order: the
// environment, a web identity (or that of a GitHub job), the profile in the
// shared files, the role of a container or machine.
type keys struct {
	getenv func(string) string

	mu    sync.Mutex
	found key
	from  func(context.Context) (key, error) // nil until something was found
}

// renewal is how long before their end credentials are fetched anew.
const renewal = 5 * time.Minute

// errNone is what a place says that has no credentials and need not have any.
var errNone = errors.New("none")

// get returns credentials that are valid for a while.
func (k *keys) get(ctx context.Context) (key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	if k.from != nil && (k.found.Expires.IsZero() || now.Before(k.found.Expires.Add(-renewal))) {
		return k.found, nil
	}
	if k.from != nil {
		found, err := k.from(ctx)
		switch {
		case err == nil:
			k.found = found
		case now.Before(k.found.Expires):
			// They are good for a while yet, and the next call tries again.
		default:
			return key{}, fmt.Errorf("%w: credentials could not be renewed: %w", remote.ErrDenied, err)
		}
		return k.found, nil
	}
	var tried []string
	for _, place := range k.places() {
		found, err := place.get(ctx)
		if err == nil && (found.ID == "" || found.Secret == "") {
			err = errNone
		}
		if err == nil {
			k.found, k.from = found, place.get
			return found, nil
		}
		if ended := ctx.Err(); ended != nil {
			return key{}, ended
		}
		tried = append(tried, place.name+": "+err.Error())
		if !errors.Is(err, errNone) && place.decides {
			break
		}
	}
	return key{}, fmt.Errorf("%w: no credentials were found (%s)", remote.ErrDenied, strings.Join(tried, "; "))
}

// place is where credentials may be. What decides is asked for by name: if it
// fails, no other is meant.
type place struct {
	name    string
	decides bool
	get     func(context.Context) (key, error)
}

func (k *keys) places() []place {
	return []place{
		{"environment", true, k.fromEnvironment},
		{"web identity", true, func(ctx context.Context) (key, error) {
			return k.fromWebIdentity(ctx, k.getenv("AWS_WEB_IDENTITY_TOKEN_FILE"), k.getenv("AWS_ROLE_ARN"), k.getenv("AWS_ROLE_SESSION_NAME"))
		}},
		{"profile", true, k.fromProfile},
		{"role of the container", true, k.fromContainer},
		{"role of the machine", false, k.fromMachine},
	}
}

func (k *keys) fromEnvironment(context.Context) (key, error) {
	found := key{ID: k.getenv("AWS_ACCESS_KEY_ID"), Secret: k.getenv("AWS_SECRET_ACCESS_KEY"), Token: k.getenv("AWS_SESSION_TOKEN")}
	if (found.ID == "") != (found.Secret == "") {
		return key{}, errors.New("of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set")
	}
	return found, nil
}

// expire has credentials fetched anew.
func (k *keys) expire() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.found, k.from = key{}, nil
}

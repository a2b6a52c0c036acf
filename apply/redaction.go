package apply

import (
	"errors"
	"slices"
	"strconv"

	"assetform/apply/media"
	"assetform/config/diag"
)

// redaction keeps secrets out of what servers said and delivered, before it is
// shown or stored. Methods may be called concurrently.
type redaction struct {
	secrets  []string
	redactor *diag.Redactor
}

func newRedaction(secrets []string) *redaction {
	return &redaction{secrets: secrets, redactor: diag.NewRedactor(secrets...)}
}

// shown is a server's name for something as it may be shown.
func (r *redaction) shown(id string) string { return r.redactor.Text(id) }

// cutWords takes secrets out of what a refused file begins with.
func (r *redaction) cutWords(err error) {
	var refused *media.NotMediaError
	if errors.As(err, &refused) {
		if words, err := strconv.Unquote(refused.Words); err == nil {
			refused.Words = strconv.Quote(r.redactor.Cut(words))
		}
	}
}

// tellsSecret reports whether a server's name for something must not stand in
// the lock, which goes to git, because the server put a secret into it. What is
// so short that it may stand there by chance does not count: a task without its
// name is harder to recognise.
func (r *redaction) tellsSecret(id string) bool {
	const long = 8
	secrets := slices.DeleteFunc(slices.Clone(r.secrets), func(s string) bool { return len(s) < long })
	return r.redactor.Holds(id) && diag.NewRedactor(secrets...).Holds(id)
}

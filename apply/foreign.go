package apply

import (
	"errors"
	"slices"
	"strconv"

	"assetform/apply/media"
	"assetform/config/diag"
)

// shown is a server's name for something as it may be shown.
func (r *run) shown(id string) string { return r.redact.Text(id) }

// redactWords takes secrets out of what a refused file begins with.
func (r *run) redactWords(err error) {
	var refused *media.NotMediaError
	if errors.As(err, &refused) {
		if words, err := strconv.Unquote(refused.Words); err == nil {
			refused.Words = strconv.Quote(r.redact.Cut(words))
		}
	}
}

// tellsSecret reports whether a server's name for something must not stand in
// the lock, which goes to git, because the server put a secret into it. What is
// so short that it may stand there by chance does not count: a task without its
// name is harder to recognise.
func (r *run) tellsSecret(id string) bool {
	const long = 8
	secrets := slices.DeleteFunc(slices.Concat(r.Secrets, r.Project.Secrets), func(s string) bool { return len(s) < long })
	return r.redact.Holds(id) && diag.NewRedactor(secrets...).Holds(id)
}

package apply

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"assetform/apply/engine/imaginator"
	"assetform/apply/media"
	"assetform/config"
	"assetform/config/diag"
)

// redacted is a Generator whose words are free of secrets. Whatever a server
// was sent, and whatever it knows from elsewhere, it can say again: in an
// error, as the reason of a failure, as an estimate. What is compared or asked
// for again (ids, prompts, URLs) stays as it is; see run.shown.
type redacted struct {
	Generator
	redact *diag.Redactor
}

// Submit implements Generator.
func (g redacted) Submit(ctx context.Context, r imaginator.Request, key string) (imaginator.Created, error) {
	created, err := g.Generator.Submit(ctx, r, key)
	created.EstimatedTime = g.redact.Text(created.EstimatedTime)
	return created, g.words(err)
}

// Task implements Generator.
func (g redacted) Task(ctx context.Context, id string) (imaginator.Task, error) {
	task, err := g.Generator.Task(ctx, id)
	task.Error, task.ErrorMessage = g.redact.Text(task.Error), g.redact.Text(task.ErrorMessage)
	return task, g.words(err)
}

// Tasks implements Generator.
func (g redacted) Tasks(ctx context.Context, q imaginator.TaskQuery) (imaginator.TaskPage, error) {
	page, err := g.Generator.Tasks(ctx, q)
	return page, g.words(err)
}

// Download implements Generator.
func (g redacted) Download(ctx context.Context, url, accept string, dst imaginator.Sink) (imaginator.Downloaded, error) {
	done, err := g.Generator.Download(ctx, url, accept, dst)
	return done, g.words(err)
}

// Health implements Generator.
func (g redacted) Health(ctx context.Context) (imaginator.Health, error) {
	health, err := g.Generator.Health(ctx)
	return health, g.words(err)
}

// Quota implements Generator.
func (g redacted) Quota(ctx context.Context) (imaginator.Quota, error) {
	quota, err := g.Generator.Quota(ctx)
	return quota, g.words(err)
}

// words redacts what a server says in an error, and leaves what the client
// says of it.
func (g redacted) words(err error) error {
	var failure *imaginator.Error
	if !errors.As(err, &failure) || !g.redact.Holds(failure.Message) {
		return err
	}
	clean := *failure
	clean.Message = g.redact.Text(failure.Message)
	return &clean
}

// shown is a server's name for something as it may be shown.
func (r *run) shown(id string) string { return r.redact.Text(id) }

// generator returns the client of a provider.
func (r *run) generator(ref config.ProviderRef) (Generator, error) {
	gen, err := r.Generators(ref)
	if err != nil {
		return nil, err
	}
	return redacted{gen, r.redact}, nil
}

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

// keyChecker is a Generator that can tell whether it has the key that a
// request was sent with.
type keyChecker interface{ KeyCheck(salt string) string }

// KeyCheck implements keyChecker.
func (g redacted) KeyCheck(salt string) string { return keyCheck(g.Generator, salt) }

// keyCheck is what a Generator says of its key, "" where it says nothing.
func keyCheck(g Generator, salt string) string {
	if c, ok := g.(keyChecker); ok {
		return c.KeyCheck(salt)
	}
	return ""
}

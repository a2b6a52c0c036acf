package apply

import (
	"context"
	"errors"

	"assetform/apply/engine"
)

// What a driver says of an ability that it may not have. Without it the answer
// is the careful one.

// ErrNoList is why nothing can be looked up in a list.
var ErrNoList = errors.New("the engine has no task list")

// finderOf returns the task list of a driver.
func finderOf(d engine.Driver) (engine.Finder, error) {
	if f, ok := d.(engine.Finder); ok {
		return f, nil
	}
	return nil, ErrNoList
}

// contradicts lists what a task shows otherwise than it was asked for; told is
// false where it shows too little to be told from others.
func contradicts(d engine.Driver, q engine.Query, t *engine.Task) (differs []string, told bool) {
	if f, ok := d.(engine.Finder); ok {
		return f.Contradicts(q, t)
	}
	return nil, false
}

// pictured holds the size of a task's picture against its request.
func pictured(d engine.Driver, q engine.Query, t *engine.Task, width, height int) (fits bool, other string) {
	if f, ok := d.(engine.Finder); ok {
		return f.Picture(q, t, width, height)
	}
	return false, ""
}

// healthOf asks a server what it is.
func healthOf(ctx context.Context, d engine.Driver) (engine.Health, error) {
	if p, ok := d.(engine.Prober); ok {
		return p.Health(ctx)
	}
	return engine.Health{}, nil
}

// quotaOf asks what may still be asked for.
func quotaOf(ctx context.Context, d engine.Driver) (engine.Quota, error) {
	if q, ok := d.(engine.Quoter); ok {
		return q.Quota(ctx)
	}
	return engine.Quota{}, nil
}

// keyCheck is what a driver says of its key, "" where it says nothing.
func keyCheck(d engine.Driver, salt string) string {
	if c, ok := d.(engine.KeyChecker); ok {
		return c.KeyCheck(salt)
	}
	return ""
}

package engine

import (
	"context"
	"io"
)

// A Driver generates. Its methods may be called concurrently. The words of a
// server in what it returns are free of the secrets that it was opened with.
// One that is an io.Closer, because it works beside its callers, is closed when
// the run is over.
type Driver interface {
	// Origin says where the engine is: task ids mean something within one
	// origin alone.
	Origin() string
	// Submit sends one request, once, and returns the task that it created.
	// The key is the same for each repetition of one request. An error is, or
	// has in its chain, an *Error; any other means an unknown outcome.
	Submit(ctx context.Context, r Request, idempotencyKey string) (Created, error)
	// Task says how a task stands. It retries by itself.
	Task(ctx context.Context, id string) (Task, error)
	// Download writes the result of a completed task. accept is the media type
	// that is wanted where the engine has several, "" for any. It retries by
	// itself, and starts again by resetting dst.
	Download(ctx context.Context, t Task, accept string, dst Sink) error
}

// A Sink takes the bytes of a download in order. Reset forgets what was
// written: a download that was cut off and cannot be resumed starts again from
// its first byte. Reset is not called before the first Write.
type Sink interface {
	io.Writer
	Reset() error
}

// A Finder is a driver with a list of its tasks, the newest first. The list may
// find the task of a request that was lost; it never proves that there is none.
type Finder interface {
	// Tasks returns one page of the list, from 1, as long as the engine gives
	// them.
	Tasks(ctx context.Context, page int) (TaskPage, error)
	// Identity is what the list shows of a task and never changes: a row with
	// another identity is another task's, whatever its id.
	Identity(t *Task) []byte
	// Compare holds a row of the list against a request. rows are those that
	// were read with it: they show how the list tells things.
	Compare(q Query, t *Task, rows []Task) Comparison
	// Contradicts lists what a task shows otherwise than it was asked for:
	// then it is another's, whatever its id. told is false where it shows too
	// little to be told from others.
	Contradicts(q Query, t *Task) (differs []string, told bool)
	// Picture holds the size in pixels of a finished task's picture against the
	// request: fits if it is what was asked for and the task says nothing else;
	// other says in words how both speak for another request, "" if they do not.
	Picture(q Query, t *Task, width, height int) (fits bool, other string)
}

// A Quoter is a driver that knows what may still be asked for.
type Quoter interface {
	Quota(ctx context.Context) (Quota, error)
}

// Quota is what an account may do.
type Quota struct {
	Concurrent int            // tasks in flight; 0: it does not say
	Left       map[string]int // by unit, in the current hour
}

// A Prober is a driver that can ask its server what it is.
type Prober interface {
	Health(ctx context.Context) (Health, error)
}

// Health is what a server says of itself.
type Health struct {
	// Idempotency says that it honours idempotency keys: the same key and
	// request get the first answer again.
	Idempotency bool
	// Sketches says that it is assetform's own local server.
	Sketches bool
}

// A KeyChecker is a driver that can tell, without telling the key, whether it
// has the one that a request was sent with: the text is the same for the same
// key and salt, "" without a key.
type KeyChecker interface {
	KeyCheck(salt string) string
}

package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Checked adds to a backend what all have in common: names are looked at, a
// body has the size that it is said to have, calls of a context that has ended
// do nothing, and errors say what was to be done with which file.
func Checked(f Files) Files { return checked{f} }

type checked struct{ Files }

func (c checked) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	var r io.ReadCloser
	var size int64
	err := do(ctx, "read", name, func() (err error) { r, size, err = c.Files.Get(ctx, name); return err })
	if err != nil {
		return nil, 0, err
	}
	return &whole{ReadCloser: r, ctx: ctx, name: name, left: size, known: size >= 0}, size, nil
}

func (c checked) Stat(ctx context.Context, name string) (size int64, err error) {
	err = do(ctx, "look for", name, func() (err error) { size, err = c.Files.Stat(ctx, name); return err })
	return size, err
}

func (c checked) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	return do(ctx, "write", name, func() error { return send(ctx, name, body, size, c.Files.Put) })
}

func (c checked) Create(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	return do(ctx, "create", name, func() error { return send(ctx, name, body, size, c.Files.Create) })
}

func (c checked) Delete(ctx context.Context, name string) error {
	return do(ctx, "delete", name, func() error { return c.Files.Delete(ctx, name) })
}

func (c checked) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		dir, slash := strings.CutSuffix(prefix, "/")
		if err := checkName(dir); err != nil || !slash {
			yield(Info{}, fmt.Errorf("list %q of the remote: it names no directory of one", prefix))
			return
		}
		for info, err := range c.Files.List(ctx, prefix) {
			switch {
			case err != nil:
				yield(Info{}, fmt.Errorf("list %q of the remote: %w", prefix, err))
				return
			case !strings.HasPrefix(info.Name, prefix) || checkName(info.Name) != nil:
				// Somebody else's file, which no name of ours can mean.
			case !yield(info, nil):
				return
			}
		}
	}
}

// do makes a call for a file.
func do(ctx context.Context, verb, name string, call func() error) error {
	err := checkName(name)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = call()
	}
	if err != nil {
		return fmt.Errorf("%s %q in the remote: %w", verb, name, err)
	}
	return nil
}

// send writes a body of whose size one can be sure.
func send(ctx context.Context, name string, body io.ReadSeeker, size int64, write func(context.Context, string, io.ReadSeeker, int64) error) error {
	end, err := body.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if end != size {
		return fmt.Errorf("it has %d bytes, not %d", end, size)
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return write(ctx, name, &exact{body: body, ctx: ctx, size: size, left: size}, size)
}

// exact reads a body of a file that may shrink or grow meanwhile: it ends after
// size bytes and nowhere else, or with an error.
type exact struct {
	body io.ReadSeeker
	ctx  context.Context
	size int64
	left int64
}

func (e *exact) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.body.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = nil
		if e.left > 0 {
			err = io.ErrUnexpectedEOF
		}
	}
	return n, err
}

func (e *exact) Seek(offset int64, whence int) (int64, error) {
	at, err := e.body.Seek(offset, whence)
	if err == nil && at > e.size {
		err = io.ErrUnexpectedEOF
	}
	e.left = e.size - at
	return at, err
}

// whole reads a file that has as many bytes as was said, or ends with an error.
type whole struct {
	io.ReadCloser
	ctx   context.Context
	name  string
	left  int64
	known bool
}

func (w *whole) Read(p []byte) (int, error) {
	err := w.ctx.Err()
	n := 0
	if err == nil {
		n, err = w.ReadCloser.Read(p)
		w.left -= int64(n)
	}
	switch {
	case w.known && (w.left < 0 || err == io.EOF && w.left > 0):
		err = io.ErrUnexpectedEOF
	case err == nil || err == io.EOF:
		return n, err
	}
	return n, fmt.Errorf("read %q in the remote: %w", w.name, err)
}

// maxName is the length of the longest element of a name that every file
// system takes.
const maxName = 200

// checkName refuses what is no name of a file of a remote: it could lead out of
// it, or mean another file to another backend.
func checkName(name string) error {
	for element := range strings.SplitSeq(name, "/") {
		if element == "" || strings.Trim(element, ".") == "" || len(element) > maxName || strings.ContainsFunc(element, notInNames) {
			return errors.New("it is no name of a file there")
		}
	}
	return nil
}

func notInNames(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.')
}

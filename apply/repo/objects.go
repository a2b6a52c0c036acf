package repo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// objects looks objects up through git processes that stay, since starting
// one for each of thousands of files would take minutes. It belongs to one
// goroutine.
type objects struct {
	check, batch *catFile
}

// catFile is one "git cat-file" that answers line by line.
type catFile struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// objects starts the processes; the caller ends them with Close, or by ending
// the context.
func (r *Repo) objects(ctx context.Context) (*objects, error) {
	check, err := r.catFile(ctx, "--batch-check")
	if err != nil {
		return nil, err
	}
	batch, err := r.catFile(ctx, "--batch")
	if err != nil {
		check.close()
		return nil, err
	}
	return &objects{check: check, batch: batch}, nil
}

func (r *Repo) catFile(ctx context.Context, mode string) (*catFile, error) {
	cmd := r.command(ctx, "cat-file", mode)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start git cat-file: %w", err)
	}
	return &catFile{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 64<<10)}, nil
}

// Close ends the processes. What they say about being ended is of no interest.
func (o *objects) Close() {
	o.check.close()
	o.batch.close()
}

func (c *catFile) close() {
	c.in.Close()
	_, _ = io.Copy(io.Discard, c.out)
	_ = c.cmd.Wait()
}

// Object is a blob.
type Object struct {
	ID   string
	Size int64 // bytes
}

// Stat finds the blob that a name such as "HEAD:art/hero.png" means. It
// reports false when there is none.
func (o *objects) Stat(name string) (Object, bool, error) {
	if strings.ContainsAny(name, "\n\r") {
		return Object{}, false, nil // could not be asked for in one line
	}
	kind, obj, err := o.check.ask(name)
	return obj, kind == "blob", err
}

// ask sends a name and reads the line that describes its object; the kind is
// "" if there is no such object.
func (c *catFile) ask(name string) (kind string, obj Object, err error) {
	if _, err := io.WriteString(c.in, name+"\n"); err != nil {
		return "", obj, fmt.Errorf("ask git cat-file: %w", err)
	}
	line, err := c.out.ReadString('\n')
	if err != nil {
		return "", obj, fmt.Errorf("read from git cat-file: %w", err)
	}
	fields := strings.Fields(line)
	if len(fields) != 3 {
		return "", obj, nil // "NAME missing", where the name may hold blanks
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return "", obj, nil
	}
	return fields[1], Object{ID: fields[0], Size: size}, nil
}

// copyTo writes a blob to w.
func (o *objects) copyTo(w io.Writer, id string) error {
	kind, obj, err := o.batch.ask(id)
	if err != nil {
		return err
	}
	if kind == "" {
		return fmt.Errorf("git object %s is missing", id)
	}
	content := io.LimitReader(o.batch.out, obj.Size)
	if kind != "blob" {
		w = io.Discard
		err = fmt.Errorf("git object %s is a %s, not a file", id, kind)
	}
	_, copyErr := io.Copy(w, content)
	// What w did not take has to be read all the same: the answer to the next
	// question stands behind it.
	_, restErr := io.Copy(io.Discard, content)
	_, endErr := o.batch.out.Discard(1)
	if err = errors.Join(err, copyErr, restErr, endErr); err != nil {
		return fmt.Errorf("read git object %s: %w", id, err)
	}
	return nil
}

// Read returns a blob of at most limit bytes.
func (o *objects) Read(obj Object, limit int64) ([]byte, error) {
	if obj.Size > limit {
		return nil, fmt.Errorf("git object %s has %d bytes, more than the %d that are read", obj.ID, obj.Size, limit)
	}
	var b writeBuffer
	err := o.copyTo(&b, obj.ID)
	return b, err
}

type writeBuffer []byte

func (b *writeBuffer) Write(p []byte) (int, error) { *b = append(*b, p...); return len(p), nil }

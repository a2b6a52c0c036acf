package derive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"assetform/config/engine"
)

// maxInMemory is how large a file is held in memory, in bytes.
const maxInMemory = 4 << 20

// whole is the content that the source's hash names, whatever becomes of the
// file meanwhile. It is for one at a time.
func whole(ctx context.Context, s *Source) (Content, error) {
	if s.Size <= maxInMemory {
		b, err := readWhole(ctx, s, maxInMemory)
		return inMemory{bytes.NewReader(b)}, err
	}
	if s.Size > maxSource {
		return nil, tooManyBytes(s.Size, maxSource)
	}
	c, err := s.Open()
	if err != nil {
		return nil, err
	}
	w := &watched{Content: c, size: s.Size, at: -1}
	if err := sameContent(ctx, c, s, w); err != nil {
		c.Close()
		return nil, err
	}
	return w, nil
}

func tooManyBytes(n, most int64) error { return fmt.Errorf("its %d bytes are more than %d", n, most) }

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// watched is a file too large to be held. What is read of it is held against the
// sums that its blocks had when all of it had its hash.
type watched struct {
	Content
	size  int64
	sums  [][sha256.Size]byte // of each block
	block [blockBytes]byte    // the latest one
	begun int                 // bytes of it
	at    int64               // its number
}

const blockBytes = 256 << 10

// Write takes the content from beginning to end.
func (w *watched) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := copy(w.block[w.begun:], rest)
		rest = rest[n:]
		w.begun += n
		if int64(len(w.sums))*blockBytes+int64(w.begun) == w.size || w.begun == blockBytes {
			w.sums = append(w.sums, sha256.Sum256(w.block[:w.begun]))
			w.begun = 0
		}
	}
	return len(p), nil
}

// ReadAt implements io.ReaderAt.
func (w *watched) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		if at < 0 || at >= w.size {
			return n, io.EOF
		}
		if err := w.hold(at / blockBytes); err != nil {
			return n, err
		}
		m := copy(p[n:], w.block[at%blockBytes:w.begun])
		n, at = n+m, at+int64(m)
	}
	return n, nil
}

// hold reads a block.
func (w *watched) hold(number int64) error {
	if number == w.at {
		return nil
	}
	w.at = -1
	w.begun = int(min(blockBytes, w.size-number*blockBytes))
	n, err := w.Content.ReadAt(w.block[:w.begun], number*blockBytes)
	if n < w.begun && err != nil && err != io.EOF {
		return err
	}
	if sha256.Sum256(w.block[:n]) != w.sums[number] {
		return errChanged
	}
	w.at = number
	return nil
}

// readWhole reads the content that the source's hash names.
func readWhole(ctx context.Context, s *Source, most int64) ([]byte, error) {
	if s.Size < 0 || s.Size > most {
		return nil, tooManyBytes(s.Size, most)
	}
	b := bytes.NewBuffer(make([]byte, 0, s.Size))
	if err := copyWhole(ctx, b, s); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// readText reads the text that the source's hash names.
func readText(ctx context.Context, s *Source, most int64) ([]byte, error) {
	if s.Size < 0 || s.Size > most {
		return nil, tooManyBytes(s.Size, most)
	}
	c, err := s.Open()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	content, err := io.ReadAll(io.NewSectionReader(reader{ctx, c}, 0, most+1))
	if err != nil {
		return nil, err
	}
	text := engine.FileText(content)
	sum := sha256.New()
	sum.Write(text)
	if digest(sum) != s.Hash {
		return nil, errChanged
	}
	return text, nil
}

// copyWhole writes the content that the source's hash names. What was written
// counts for nothing after an error.
func copyWhole(ctx context.Context, dst io.Writer, s *Source) error {
	c, err := s.Open()
	if err != nil {
		return err
	}
	defer c.Close()
	return sameContent(ctx, c, s, dst)
}

// sameContent is copyWhole of a source that is open.
func sameContent(ctx context.Context, c io.ReaderAt, s *Source, dst io.Writer) error {
	sum := sha256.New()
	n, err := io.CopyN(io.MultiWriter(dst, sum), io.NewSectionReader(reader{ctx, c}, 0, s.Size), s.Size)
	if err != nil && err != io.EOF {
		return err
	}
	if more, _ := c.ReadAt(make([]byte, 1), s.Size); n < s.Size || more > 0 || digest(sum) != s.Hash {
		return errChanged
	}
	return nil
}

func digest(sum hash.Hash) string { return "sha256:" + hex.EncodeToString(sum.Sum(nil)) }

var errChanged = errors.New("its content is not what was planned with: it changed meanwhile, so plan again")

// reader ends with its context: decoders read to their end.
type reader struct {
	ctx context.Context
	io.ReaderAt
}

func (r reader) ReadAt(p []byte, at int64) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.ReaderAt.ReadAt(p, at)
}

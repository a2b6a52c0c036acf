package derive

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"assetform/apply/engine/derive/raster"
)

// swapped is a file in whose place another one comes while it is read.
type swapped struct {
	first, later []byte
	reads        int // of the first one
}

func (c *swapped) ReadAt(p []byte, at int64) (int, error) {
	b := c.first
	if c.reads--; c.reads < 0 {
		b = c.later
	}
	return bytes.NewReader(b).ReadAt(p, at)
}

func (*swapped) Close() error { return nil }

// TestSourceChanges has a source that is another picture from some read on. What
// is made is made of the content that the hash names, or nothing is.
func TestSourceChanges(t *testing.T) {
	t.Parallel()
	for name, behind := range map[string]int{"small": 0, "large": maxInMemory} {
		rest := make([]byte, behind) // behind the picture
		before := append(encoded(t, scene(40, 40, 1), raster.PNG), rest...)
		after := append(encoded(t, scene(40, 40, 2), raster.PNG), rest...)
		s := file("a.png", before, nil)
		for _, params := range []map[string]any{nil, {"width": int64(30)}} {
			want, _ := made(t, New(Options{}), variantJob("b.png", s, params))
			whole, refused := 0, 0
			for reads := 0; reads < 2000; reads += 1 + reads/3 {
				s.Open = func() (Content, error) { return &swapped{first: before, later: after, reads: reads}, nil }
				var b bytes.Buffer
				_, err := New(Options{}).Make(t.Context(), variantJob("b.png", s, params), &b)
				switch {
				case err == nil && bytes.Equal(b.Bytes(), want):
					whole++
				case err != nil:
					refused++
				default:
					t.Errorf("%s, %v: another result after %d reads", name, params, reads)
				}
			}
			if whole == 0 || refused == 0 {
				t.Errorf("%s, %v: %d were made and %d refused, so nothing was shown", name, params, whole, refused)
			}
		}
	}
}

// TestWatched reads a large file in pieces of any size.
func TestWatched(t *testing.T) {
	t.Parallel()
	b := make([]byte, maxInMemory+blockBytes/2+3)
	for i := range b {
		b[i] = byte(i * i >> 7)
	}
	s := file("a.png", b, nil)
	c, err := whole(t.Context(), &s)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, n := range []int{1, 7, blockBytes - 1, blockBytes, blockBytes + 1, len(b)} {
		for _, at := range []int{0, 5, blockBytes - 1, blockBytes, len(b) - n, len(b) - 1} {
			p := make([]byte, n)
			got, err := c.ReadAt(p, int64(at))
			want := b[at:min(at+n, len(b))]
			if !bytes.Equal(p[:got], want) || (err == io.EOF) != (got < n) || err != nil && err != io.EOF {
				t.Errorf("%d bytes from %d on: %d, %v", n, at, got, err)
			}
		}
	}
	if _, err := c.ReadAt(make([]byte, 1), int64(len(b))); err != io.EOF {
		t.Errorf("behind the end: %v", err)
	}
	s.Open = func() (Content, error) { return content{bytes.NewReader(append(bytes.Clone(b), 1))}, nil }
	if _, err := whole(t.Context(), &s); !errors.Is(err, errChanged) {
		t.Errorf("one that grew: %v", err)
	}
}

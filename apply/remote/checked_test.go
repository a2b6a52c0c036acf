package remote

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// lying is a backend whose files have another size than it says.
type lying struct {
	Files
	content string
	size    int64
}

func (l lying) Get(context.Context, string) (io.ReadCloser, int64, error) {
	return io.NopCloser(strings.NewReader(l.content)), l.size, nil
}

// TestWhole: a file that has fewer or more bytes than was said ends with an
// error.
func TestWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		content string
		size    int64
		whole   bool
	}{
		{"hello", 5, true}, {"hello", -1, true}, {"", 0, true}, {"hello", 6, false}, {"hello", 4, false}, {"", 1, false},
	} {
		r, _, err := Checked(lying{content: c.content, size: c.size}).Get(t.Context(), "v1/a")
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(r); (err == nil) != c.whole || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q with size %d: got %q, error %v", c.content, c.size, b, err)
		}
	}
}

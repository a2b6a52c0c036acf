package picture

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// payloads have what encoders write: nothing, noise, runs, rows of a picture,
// and text that repeats over the whole window.
func payloads() [][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	noise, rows, far := make([]byte, 300_000), make([]byte, 400_000), make([]byte, 200_000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	for i := range rows {
		rows[i] = byte(i/97 + random.IntN(3))
	}
	for i := range far {
		far[i] = byte(i % 32768 * 7 >> 3)
		if random.IntN(9000) == 0 {
			far[i]++
		}
	}
	return [][]byte{nil, {7}, bytes.Repeat([]byte("ab"), 9), make([]byte, 500_000), noise, rows, far, noise[:20]}
}

func TestInflater(t *testing.T) {
	t.Parallel()
	for i, want := range payloads() {
		for _, level := range []int{flate.HuffmanOnly, 0, 1, 6, 9} {
			var b bytes.Buffer
			z, _ := zlib.NewWriterLevel(&b, level)
			half := len(want) / 2
			_, _ = z.Write(want[:half])
			_ = z.Flush() // an empty stored block
			_, _ = z.Write(want[half:])
			_ = z.Close()
			for name, r := range map[string]io.Reader{"whole": bytes.NewReader(b.Bytes()), "by bytes": iotest.OneByteReader(bytes.NewReader(b.Bytes())), "error with data": iotest.DataErrReader(bytes.NewReader(b.Bytes()))} {
				in, err := newInflater(r)
				if err != nil {
					t.Fatalf("payload %d, level %d, %s: %v", i, level, name, err)
				}
				got, err := io.ReadAll(in)
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("payload %d, level %d, %s: got %d bytes of %d, error %v", i, level, name, len(got), len(want), err)
				}
			}
			for cut := range 12 {
				unpackBoth(t, b.Bytes()[:max(b.Len()-1-cut*b.Len()/12, 0)])
			}
			unpackBoth(t, append(bytes.Clone(b.Bytes()), 0))
		}
	}
}

// unpackBoth holds that what the inflater takes to its end, compress/zlib
// takes, and that both find the same bytes as far as they come.
func unpackBoth(t *testing.T, b []byte) {
	t.Helper()
	read := func(r io.Reader, err error) ([]byte, error) {
		if err != nil {
			return nil, err
		}
		return io.ReadAll(io.LimitReader(r, 4<<20))
	}
	fast, err := newInflater(bytes.NewReader(b))
	got, fastErr := read(fast, err)
	slow, err := zlib.NewReader(bytes.NewReader(b))
	want, slowErr := read(slow, err)
	n := min(len(got), len(want))
	if !bytes.Equal(got[:n], want[:n]) || fastErr == nil && (slowErr != nil || len(got) != len(want)) {
		t.Errorf("%x...: got %d bytes and error %v, compress/zlib %d and %v", b[:min(len(b), 40)], len(got), fastErr, len(want), slowErr)
	}
}

func FuzzInflater(f *testing.F) {
	for _, p := range payloads() {
		for _, level := range []int{0, 1, 9} {
			var b bytes.Buffer
			z, _ := zlib.NewWriterLevel(&b, level)
			_, _ = z.Write(p[:min(len(p), 3000)])
			_ = z.Close()
			f.Add(b.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) { unpackBoth(t, b) })
}

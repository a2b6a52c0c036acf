package remotetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assetform/apply/remote"
)

// A reader gets one of the contents, whole, or hears that it did not.
func testReader(t *testing.T, r rig) {
	name := r.dir + "a"
	contents := [][]byte{bytes.Repeat([]byte("a"), 300_000), bytes.Repeat([]byte("b"), 200_000)}
	r.put(t, name, contents[0])
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	defer wait.Wait()
	defer stop()
	other := r.b.open(t)
	reads, stopReading := 0, make(chan struct{})
	wait.Go(func() {
		defer close(stopReading)
		for ctx.Err() == nil {
			b, err := read(ctx, other, name)
			if err == nil && !slices.ContainsFunc(contents, func(c []byte) bool { return bytes.Equal(b, c) }) {
				t.Errorf("read %d bytes that nobody wrote", len(b))
			}
			if errors.Is(err, fs.ErrNotExist) {
				t.Error("the file was gone for a moment")
			}
			if err == nil {
				reads++
			}
		}
	})
	for i := range 30 {
		r.put(t, name, contents[i%2])
	}
	stop()
	<-stopReading
	if reads == 0 {
		t.Error("nothing was read meanwhile")
	}
}

// failing is a body that breaks half way.
type failing struct{ io.ReadSeeker }

var errBody = errors.New("the disk is gone")

func (f failing) Read(p []byte) (int, error) {
	if at, err := f.Seek(0, io.SeekCurrent); err != nil || at > 100_000 {
		return 0, errors.Join(errBody, err)
	}
	return f.ReadSeeker.Read(p[:min(len(p), 4096)])
}

func testFailingBody(t *testing.T, r rig) {
	old, content := []byte("old"), random(400_000)
	writes := map[string]func(context.Context, string, io.ReadSeeker, int64) error{"put": r.files.Put}
	if r.b.Create != Refused {
		writes["create"] = r.files.Create
	}
	for how, write := range writes {
		name := r.dir + how
		err := write(t.Context(), name, failing{bytes.NewReader(content)}, int64(len(content)))
		if err == nil || errors.Is(err, remote.ErrExists) {
			t.Errorf("%s: got error %v, want that of the body", how, err)
		}
		r.wantNone(t, name)
	}
	r.put(t, r.dir+"old", old)
	if err := r.files.Put(t.Context(), r.dir+"old", failing{bytes.NewReader(content)}, int64(len(content))); err == nil {
		t.Error("a body that broke was written")
	}
	r.want(t, r.dir+"old", old)
}

func testLies(t *testing.T, r rig) {
	for _, size := range []int64{0, 1, 4, 6, 1 << 20, -1} {
		name := fmt.Sprintf("%s%d", r.dir, size)
		if err := r.files.Put(t.Context(), name, strings.NewReader("hello"), size); err == nil {
			t.Errorf("5 bytes were written as %d", size)
		}
		r.wantNone(t, name)
	}
	// What was read before does not count.
	body := strings.NewReader("hello")
	body.ReadByte()
	if err := r.files.Put(t.Context(), r.dir+"read", body, 5); err != nil {
		t.Error(err)
	}
	r.want(t, r.dir+"read", []byte("hello"))
}

func testDelete(t *testing.T, r rig) {
	r.put(t, r.dir+"a", []byte("a"))
	r.put(t, r.dir+"a.beat", []byte("a")) // the same bytes: one of them stays
	for range 2 {
		if err := r.files.Delete(t.Context(), r.dir+"a"); err != nil {
			t.Fatal(err)
		}
		r.wantNone(t, r.dir+"a")
	}
	r.want(t, r.dir+"a.beat", []byte("a"))
	if err := r.files.Delete(t.Context(), r.dir+"none/at/all"); err != nil {
		t.Error(err)
	}
}

func testNames(t *testing.T, r rig) {
	for _, name := range []string{
		"", "/", ".", "..", "../a", "v1/../../a", "v1/..", "v1//a", "/v1/a", "v1/a/", `v1\a`, "v1/a b", "v1/%2e%2e/a", "v1/a?b", "v1/a#b",
		"v1/ä", "v1/a\x00", "v1/a\nb", "C:/a", "v1/" + strings.Repeat("a", 1000), "v1/.../a", "~/a", "v1/a_b",
	} {
		_, statErr := r.files.Stat(t.Context(), name)
		_, _, getErr := r.files.Get(t.Context(), name)
		for _, err := range []error{
			statErr, getErr, r.create(t, name, "x"), r.files.Delete(t.Context(), name),
			r.files.Put(t.Context(), name, strings.NewReader("x"), 1),
		} {
			if err == nil || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%q: got error %v, want that it is no name", name, err)
			}
		}
	}
	for _, prefix := range []string{"", "/", "v1", "../", "v1/../"} {
		for info, err := range r.files.List(t.Context(), prefix) {
			if err == nil {
				t.Errorf("listed %q: %v", prefix, info)
			}
		}
	}
	long := r.dir + strings.Repeat("a", 64) + ".json"
	r.put(t, long, []byte("x"))
	r.want(t, long, []byte("x"))
}

func testContexts(t *testing.T, r rig) {
	r.put(t, r.dir+"a", random(1<<20))
	ctx, stop := context.WithCancel(t.Context())
	body, _, err := r.files.Get(ctx, r.dir+"a")
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := io.Copy(io.Discard, body); !errors.Is(err, context.Canceled) {
		t.Errorf("read on: %v", err)
	}
	body.Close()
	_, statErr := r.files.Stat(ctx, r.dir+"a")
	_, _, getErr := r.files.Get(ctx, r.dir+"a")
	for _, err := range []error{
		statErr, getErr, r.files.Delete(ctx, r.dir+"a"), r.files.Put(ctx, r.dir+"b", strings.NewReader("b"), 1),
		r.files.Create(ctx, r.dir+"b", strings.NewReader("b"), 1),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want that it was cancelled", err)
		}
	}
	if _, err := r.files.Stat(t.Context(), r.dir+"a"); err != nil {
		t.Error(err)
	}
	r.wantNone(t, r.dir+"b")

	// Cancelled half way.
	ctx, stop = context.WithCancel(t.Context())
	content := random(4 << 20)
	err = r.files.Put(ctx, r.dir+"b", cancelling{bytes.NewReader(content), stop}, int64(len(content)))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want that it was cancelled", err)
	}
	r.wantNone(t, r.dir+"b")
}

// cancelling is a body that ends its context half way.
type cancelling struct {
	io.ReadSeeker
	stop context.CancelFunc
}

func (c cancelling) Read(p []byte) (int, error) {
	if at, err := c.Seek(0, io.SeekCurrent); err != nil || at > 1<<20 {
		c.stop()
	}
	return c.ReadSeeker.Read(p)
}

func testList(t *testing.T, r rig) {
	const many = 50
	want := map[string]int64{}
	for i := range many {
		name := fmt.Sprintf("%slisted/%03d/%d.json", r.dir, i%7, i)
		content := bytes.Repeat([]byte("x"), i)
		r.put(t, name, content)
		want[name] = int64(i)
	}
	r.put(t, r.dir+"listed.json", []byte("beside"))
	got := map[string]int64{}
	dated := false
	for info, err := range r.files.List(t.Context(), r.dir+"listed/") {
		if r.b.NoList {
			if !errors.Is(err, remote.ErrUnsupported) {
				t.Errorf("got error %v, want that it cannot", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := got[info.Name]; twice {
			t.Errorf("%s is listed twice", info.Name)
		}
		got[info.Name] = info.Size
		if age := time.Since(info.Written); !info.Written.IsZero() && (age < -time.Hour || age > time.Hour) {
			t.Errorf("%s was written at %s", info.Name, info.Written)
		}
		dated = dated || !info.Written.IsZero()
		if size, ok := want[info.Name]; !ok || size != info.Size && info.Size != -1 {
			t.Errorf("listed %s with %d bytes, want %d, %v", info.Name, info.Size, size, ok)
		}
	}
	if dated == r.b.NoDates {
		t.Errorf("it is told when files were written: %t", dated)
	}
	if len(got) != many {
		t.Errorf("listed %d files, want %d", len(got), many)
	}
	for info, err := range r.files.List(t.Context(), r.dir+"nothing/") {
		t.Errorf("listed %v, error %v", info, err)
	}
	for range r.files.List(t.Context(), r.dir+"listed/") {
		break // who stops is let go
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for info, err := range r.files.List(ctx, r.dir+"listed/") {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("listed %v, error %v", info, err)
		}
	}
}

func testConcurrent(t *testing.T, r rig) {
	var wait sync.WaitGroup
	for i := range 16 {
		wait.Go(func() {
			name, content := fmt.Sprintf("%s%d/a", r.dir, i), random(50_000+i)
			if err := r.files.Put(t.Context(), name, bytes.NewReader(content), int64(len(content))); err != nil {
				t.Error(err)
				return
			}
			if got, err := read(t.Context(), r.files, name); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%s: got %d bytes, error %v", name, len(got), err)
			}
		})
	}
	wait.Wait()
}

package remotetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"assetform/apply/remote"
)

// Create says what a backend's Create does.
type Create string

// What Create may do.
const (
	Atomic  Create = "atomic"  // of two one succeeds
	Refused Create = "refused" // remote.ErrUnsupported
	// Ignored: the server says yes and overwrites. No backend can know that of a
	// single call; who relies on Create tries one name twice first.
	Ignored Create = "ignored"
)

// Backend is a backend and an empty place for its files.
type Backend struct {
	// Open opens the place, each time as another machine does.
	Open    func(t *testing.T) remote.Files
	Create  Create
	NoList  bool // List is remote.ErrUnsupported
	NoDates bool // List does not know when files were written
}

// Run tests a backend.
func Run(t *testing.T, b Backend) {
	t.Helper()
	tests := map[string]func(*testing.T, rig){
		"empty and large": testSizes, "overwrite": testOverwrite, "create": testCreate, "concurrent create": testConcurrentCreate,
		"a reader meanwhile": testReader, "a failing body": testFailingBody, "sizes that lie": testLies, "delete": testDelete,
		"names that leave": testNames, "ended contexts": testContexts, "list": testList, "concurrent": testConcurrent,
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// A place of its own: the place may be a real server's, and old.
			tests[name](t, rig{b, b.open(t), "v1/blobs/" + rand.Text() + "/"})
		})
	}
}

func (b Backend) open(t *testing.T) remote.Files {
	t.Helper()
	f := b.Open(t)
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return f
}

// rig is what a test works with.
type rig struct {
	b     Backend
	files remote.Files
	dir   string // ends in a slash
}

func (r rig) put(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := r.files.Put(t.Context(), name, bytes.NewReader(content), int64(len(content))); err != nil {
		t.Fatal(err)
	}
}

func (r rig) create(t *testing.T, name, content string) error {
	t.Helper()
	return r.files.Create(t.Context(), name, strings.NewReader(content), int64(len(content)))
}

// want holds that another machine reads a content under a name.
func (r rig) want(t *testing.T, name string, content []byte) {
	t.Helper()
	other := r.b.open(t)
	got, err := read(t.Context(), other, name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, content) {
		t.Fatalf("%s: got %d bytes, want %d; or they differ", name, len(got), len(content))
	}
	if size, err := other.Stat(t.Context(), name); err != nil || size != int64(len(content)) && size != -1 {
		t.Errorf("%s: its size is %d, error %v; want %d", name, size, err, len(content))
	}
}

// wantNone holds that there is no file of that name.
func (r rig) wantNone(t *testing.T, name string) {
	t.Helper()
	if _, err := r.files.Stat(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s: looked for it, got error %v", name, err)
	}
	if b, err := read(t.Context(), r.files, name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s: read %d bytes, got error %v", name, len(b), err)
	}
}

// read reads a file whole; its size must be what was said.
func read(ctx context.Context, f remote.Files, name string) ([]byte, error) {
	body, size, err := f.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(body)
	err = errors.Join(err, body.Close())
	if err == nil && size >= 0 && size != int64(len(b)) {
		err = fmt.Errorf("%q has %d bytes and was said to have %d", name, len(b), size)
	}
	return b, err
}

// random are bytes that no layer can make fewer.
func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func testSizes(t *testing.T, r rig) {
	for _, n := range []int{0, 1, 4096, 5<<20 + 17} {
		name := fmt.Sprintf("%sfile-%d.json", r.dir, n)
		r.wantNone(t, name)
		content := random(n)
		r.put(t, name, content)
		r.want(t, name, content)
	}
	if b, err := read(t.Context(), r.files, strings.TrimSuffix(r.dir, "/")); err == nil {
		t.Errorf("a directory was read: %q", b)
	}
	r.wantNone(t, r.dir+"none/below")
}

func testOverwrite(t *testing.T, r rig) {
	name := r.dir + "a"
	for _, content := range []string{"a first one", "", "another", strings.Repeat("long", 1000)} {
		r.put(t, name, []byte(content))
		r.want(t, name, []byte(content))
	}
}

func testCreate(t *testing.T, r rig) {
	name := r.dir + "a.json"
	err := r.create(t, name, "first")
	if r.b.Create == Refused {
		if !errors.Is(err, remote.ErrUnsupported) {
			t.Errorf("got error %v, want that it cannot", err)
		}
		r.wantNone(t, name)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	r.want(t, name, []byte("first"))
	if r.b.Create == Ignored {
		if err := r.create(t, name, "second"); err != nil {
			t.Errorf("the server honours the condition by now: %v", err)
		}
		r.want(t, name, []byte("second"))
		return
	}
	for _, size := range []int{5, 3 << 20} { // more than what is on its way when the answer comes
		if err := r.create(t, name, strings.Repeat("x", size)); !errors.Is(err, remote.ErrExists) {
			t.Errorf("got error %v, want that it exists", err)
		}
	}
	r.want(t, name, []byte("first"))
	if err := r.files.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	if err := r.create(t, name, "third"); err != nil {
		t.Error(err)
	}
	r.want(t, name, []byte("third"))
}

func testConcurrentCreate(t *testing.T, r rig) {
	if r.b.Create != Atomic {
		t.Skip("it promises nothing")
	}
	for round := range 5 {
		name := fmt.Sprintf("%s%d.json", r.dir, round)
		var won atomic.Pointer[string]
		var wait sync.WaitGroup
		for i := range 8 {
			files := r.b.open(t)
			content := strings.Repeat(fmt.Sprintf("%d", i), 1000+i)
			wait.Go(func() {
				err := files.Create(t.Context(), name, strings.NewReader(content), int64(len(content)))
				switch {
				case err == nil:
					if won.Swap(&content) != nil {
						t.Errorf("%s was created twice", name)
					}
				case !errors.Is(err, remote.ErrExists):
					t.Errorf("got error %v, want that it exists", err)
				}
			})
		}
		wait.Wait()
		if won.Load() == nil {
			t.Fatalf("%s was created by none", name)
		}
		r.want(t, name, []byte(*won.Load()))
	}
}

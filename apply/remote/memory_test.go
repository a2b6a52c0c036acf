package remote

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assetform/apply/store"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// memory is a place in memory that can be made to fail.
type memory struct {
	mu    sync.Mutex
	files map[string][]byte
	calls []string // "get NAME", ...
	// fault is asked before each call; what it returns is the answer.
	fault func(call string) error
	cut   bool // bodies end in the middle

	written time.Time // all files
}

func (m *memory) do(call string) error {
	m.mu.Lock()
	m.calls = append(m.calls, call)
	fault := m.fault
	m.mu.Unlock()
	if fault != nil {
		return fault(call)
	}
	return nil
}

func (m *memory) Get(_ context.Context, name string) (io.ReadCloser, int64, error) {
	if err := m.do("get " + name); err != nil {
		return nil, 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.files[name]
	if !ok {
		return nil, 0, fs.ErrNotExist
	}
	size := int64(len(b))
	if m.cut {
		b = b[:len(b)/2]
	}
	return io.NopCloser(bytes.NewReader(b)), size, nil
}

func (m *memory) Stat(_ context.Context, name string) (int64, error) {
	if err := m.do("stat " + name); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.files[name]
	if !ok {
		return 0, fs.ErrNotExist
	}
	return int64(len(b)), nil
}

func (m *memory) Put(_ context.Context, name string, body io.ReadSeeker, size int64) error {
	if err := m.do("put " + name); err != nil {
		return err
	}
	b, err := io.ReadAll(body)
	if err != nil || int64(len(b)) != size {
		return io.ErrShortWrite
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[name] = b
	return nil
}

func (m *memory) Create(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	if err := m.do("create " + name); err != nil {
		return err
	}
	m.mu.Lock()
	_, stands := m.files[name]
	m.mu.Unlock()
	if stands {
		return ErrExists
	}
	return m.Put(ctx, name, body, size)
}

func (m *memory) List(_ context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := m.do("list " + prefix); err != nil {
			yield(Info{}, err)
			return
		}
		for _, name := range m.names() {
			if strings.HasPrefix(name, prefix) && !yield(Info{Name: name, Size: -1, Written: m.written}, nil) {
				return
			}
		}
	}
}

func (m *memory) Delete(_ context.Context, name string) error {
	if err := m.do("delete " + name); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, name)
	return nil
}

func (m *memory) Close() error { return nil }

// count is how often a call was made, by how it begins.
func (m *memory) count(call string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, c := range m.calls {
		if strings.HasPrefix(c, call) {
			n++
		}
	}
	return n
}

func (m *memory) set(fault func(call string) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = fault
}

// names lists the files, sorted.
func (m *memory) names() (list []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name := range m.files {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// machine is a machine with its store and the remote.
type machine struct {
	*Remote
	store *store.Store
	data  *datadir.Dir
}

func newMachine(t *testing.T, m *memory) machine {
	t.Helper()
	data := datadir.Open(filepath.Join(t.TempDir(), ".assetform"))
	s, err := store.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return machine{New(Options{
		Open:  func(context.Context) (Files, error) { return Checked(m), nil },
		Shown: "memory", Engines: engine.Registry{}, Data: data, testOnlyPatience: 5 * time.Millisecond,
	}), s, data}
}

const here = "https://api.example"

// picture is a PNG of one size, and what its record says.
func picture(t *testing.T, width int, inputs string) ([]byte, lockfile.Entry) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, 1))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), lockfile.Entry{
		Provider: "somebody", Method: "something", Inputs: lockfile.Inputs{"prompt": lockfile.Text(inputs)},
		InputsHash:  lockfile.InputsHash(lockfile.HashBytes([]byte(inputs))),
		ContentHash: lockfile.HashBytes(b.Bytes()), MediaType: "image/png", Bytes: int64(b.Len()), Width: width, Height: 1,
	}
}

// generate puts a result into a machine's store.
func (m machine) generate(t *testing.T, content []byte, e lockfile.Entry) {
	t.Helper()
	p, err := m.store.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := p.CommitResult(e.InputsHash, e); err != nil {
		t.Fatal(err)
	}
}

func upload(e lockfile.Entry) Upload {
	return Upload{Contents: []lockfile.ContentHash{e.ContentHash}, Inputs: e.InputsHash, Origin: here}
}

// share generates a result on a machine and uploads it.
func (m machine) share(t *testing.T, content []byte, e lockfile.Entry) {
	t.Helper()
	m.generate(t, content, e)
	if err := m.Upload(t.Context(), m.store, upload(e)); err != nil {
		t.Fatal(err)
	}
}

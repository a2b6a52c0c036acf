package claim

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"assetform/apply/remote"
	"assetform/lockfile"
)

// shelf is a store in memory that fails as it is told.
type shelf struct {
	mu    sync.Mutex
	files map[string]string
	// fail may end a call with an error; made tells that it is done all the same.
	fail func(verb, name string) (made bool, err error)
	over bool // create overwrites, as servers do that ignore the condition
}

func (s *shelf) call(verb, name string, do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if made, err := s.fail(verb, name); err != nil {
			if made {
				_ = do() // the answer is lost
			}
			return err
		}
	}
	return do()
}

func (s *shelf) Get(_ context.Context, name string) (r io.ReadCloser, size int64, err error) {
	err = s.call("get", name, func() error {
		text, ok := s.files[name]
		if !ok {
			return fs.ErrNotExist
		}
		r, size = io.NopCloser(strings.NewReader(text)), int64(len(text))
		return nil
	})
	return r, size, err
}

func (s *shelf) Stat(ctx context.Context, name string) (int64, error) {
	_, size, err := s.Get(ctx, name)
	return size, err
}

func (s *shelf) Put(_ context.Context, name string, body io.ReadSeeker, _ int64) error {
	b, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	return s.call("put", name, func() error { s.files[name] = string(b); return nil })
}

func (s *shelf) Create(_ context.Context, name string, body io.ReadSeeker, _ int64) error {
	b, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	return s.call("create", name, func() error {
		if _, ok := s.files[name]; ok && !s.over {
			return remote.ErrExists
		}
		s.files[name] = string(b)
		return nil
	})
}

func (s *shelf) List(context.Context, string) iter.Seq2[remote.Info, error] { return nil }
func (s *shelf) Delete(context.Context, string) error                       { return nil }
func (s *shelf) Close() error                                               { return nil }

func newShelf() (*shelf, *Claims) {
	s := &shelf{files: map[string]string{}}
	return s, New(func(context.Context) (remote.Files, error) { return s, nil }, "the shelf")
}

var inputs = lockfile.InputsHash{1}

func TestProbe(t *testing.T) {
	t.Parallel()
	once := func(verb string, made bool, err error) func(string, string) (bool, error) {
		done := false
		return func(v, _ string) (bool, error) {
			if v != verb || done {
				return false, nil
			}
			done = true
			return made, err
		}
	}
	always := func(err error) func(string, string) (bool, error) {
		return func(string, string) (bool, error) { return false, err }
	}
	for name, test := range map[string]struct {
		over   bool
		fail   func(string, string) (bool, error)
		able   bool
		failed bool
	}{
		"refuses what exists":     {able: true},
		"ignores the condition":   {over: true},
		"has no such thing":       {fail: always(remote.ErrUnsupported)},
		"may not be written":      {fail: always(remote.ErrDenied)},
		"refuses for a moment":    {fail: once("create", false, remote.ErrDenied), able: true},
		"an answer lost":          {fail: once("create", true, remote.ErrUnknown), able: true},
		"ignores, an answer lost": {over: true, fail: once("create", true, remote.ErrUnknown)},
		"does not answer":         {fail: always(errors.New("no route")), failed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, c := newShelf()
				s.over, s.fail = test.over, test.fail
				for range 2 {
					unable, err := c.Probe(t.Context())
					if _, failed := errors.AsType[*remote.FailureError](err); (unable == nil && err == nil) != test.able || failed != test.failed {
						t.Fatalf("unable %v, %v", unable, err)
					}
				}
				if n := len(s.files); n > 1 {
					t.Errorf("%d probes were left", n)
				}
			})
		})
	}
}

func TestNewest(t *testing.T) {
	t.Parallel()
	for want := range 70 {
		s, c := newShelf()
		for n := 1; n <= want; n++ {
			s.files[name(inputs, n, ".json")] = ""
		}
		asked := 0
		s.fail = func(string, string) (bool, error) { asked++; return false, nil }
		if got, err := c.Newest(t.Context(), inputs); got != want || err != nil || asked > 14 {
			t.Fatalf("found %d (%v) of %d in %d requests", got, err, want, asked)
		}
	}
}

// A create whose answer was lost is the owner's, whatever a second try says.
func TestCreateWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newShelf()
		mine := Claim{Owner: "ME", State: Claimed}
		lost := 0
		s.fail = func(verb, _ string) (bool, error) {
			if lost++; verb == "create" && lost == 1 {
				return true, remote.ErrUnknown
			}
			return false, nil
		}
		if err := c.Create(t.Context(), inputs, 1, mine); err != nil {
			t.Fatal(err)
		}
		if err := c.Create(t.Context(), inputs, 1, Claim{Owner: "ANOTHER", State: Claimed}); !errors.Is(err, ErrTaken) {
			t.Fatalf("another's: %v", err)
		}
		if got, err := c.Read(t.Context(), inputs, 1); got != mine || err != nil {
			t.Fatalf("%+v, %v", got, err)
		}
	})
}

// A write that is not answered is a failure, after it was tried for a while.
func TestWriteWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newShelf()
		s.fail = func(verb, _ string) (bool, error) { return true, remote.ErrUnknown }
		began := time.Now()
		err := c.Write(t.Context(), inputs, 1, Claim{Owner: "ME", State: Sending, IdempotencyKey: "K"})
		if _, failed := errors.AsType[*remote.FailureError](err); !failed || time.Since(began) > patience || time.Since(began) < patience/2 {
			t.Fatalf("after %s: %v", time.Since(began), err)
		}
	})
}

// A claim expires when nothing of it was seen to change for a minute, and not while
// it is renewed.
func TestWatch(t *testing.T) {
	t.Parallel()
	nobody, ignore := func(string) bool { return false }, func(Claim) {}
	synctest.Test(t, func(t *testing.T) {
		_, c := newShelf()
		if err := c.Create(t.Context(), inputs, 1, Claim{Owner: "ME", State: Claimed}); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { c.Renew(ctx, inputs, 1, false); close(done) }()
		began := time.Now()
		time.AfterFunc(10*time.Minute, stop)
		n, _, err := c.Watch(t.Context(), inputs, nobody, ignore)
		<-done
		if after := time.Since(began) - 10*time.Minute; n != 1 || err != nil || after < expiry-renewEvery() || after > expiry+lookEvery() {
			t.Errorf("claim %d expired %s after its owner ended (%v)", n, after, err)
		}
		began = time.Now()
		if n, _, err := c.Watch(t.Context(), inputs, func(owner string) bool { return owner == "ME" }, ignore); n != 1 || err != nil || time.Since(began) > 0 {
			t.Errorf("this machine's own: %d, %v", n, err)
		}
		time.AfterFunc(time.Second, func() {
			if err := c.Write(t.Context(), inputs, 1, Claim{Owner: "ME", State: Released}); err != nil {
				t.Error(err)
			}
		})
		began = time.Now()
		if n, last, err := c.Watch(t.Context(), inputs, nobody, ignore); n != 1 || err != nil || last.State != Released || time.Since(began) > 2*lookEvery() {
			t.Errorf("a released one: %d, %+v, %v after %s", n, last, err, time.Since(began))
		}
	})
}

func TestForm(t *testing.T) {
	t.Parallel()
	full := Claim{Owner: "RANDOM", Key: "FINGERPRINT", Origin: "https://api.example", State: Task, IdempotencyKey: "K", Baseline: "empty", TaskID: "42"}
	b, err := encode(full)
	want := `{"version":1,"owner":"RANDOM","key":"FINGERPRINT","state":"task","idempotency_key":"K","baseline":"empty","origin":"https://api.example","task_id":"42"}`
	if err != nil || string(bytes.TrimSpace(b)) != want {
		t.Errorf("%v\n%s\n%s", err, b, want)
	}
	if back, err := decode(b); back != full || err != nil {
		t.Errorf("%+v, %v", back, err)
	}
	for _, bad := range []string{
		"", "null", "[]", `{"version":1}`, `{"version":2,"owner":"A","state":"claimed"}`, `{"version":1,"owner":"A","state":"gone"}`,
		`{"version":1,"owner":"A","state":"task"}`, `{"version":1,"owner":"A","state":"sending"}`, "<html>Please log in.</html>",
		`{"version":1,"owner":"A\u001b[2J","state":"claimed"}`, `{"version":1,"owner":"A","state":"sending","idempotency_key":"K\r\nX-Evil: 1"}`,
	} {
		if c, err := decode([]byte(bad)); err == nil {
			t.Errorf("%s is taken for %+v", bad, c)
		}
	}
}

// Claims that are gone from below, as a rule that deletes by age takes them, are
// damage: what they said is lost.
func TestWhatIsGoneFromBelow(t *testing.T) {
	t.Parallel()
	for first := 2; first <= 9; first++ {
		synctest.Test(t, func(t *testing.T) {
			s, c := newShelf()
			s.files[name(inputs, first, ".json")] = ""
			n, err := c.Newest(t.Context(), inputs)
			if err == nil {
				err = c.Next(t.Context(), inputs, n+1)
			}
			if _, damaged := errors.AsType[*DamageError](err); !damaged {
				t.Errorf("the first is %d: %v", first, err)
			}
		})
	}
}

// A server that refuses to create what another creates may not show it yet: that is
// no damage.
func TestClaimThatIsNotShownYet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newShelf()
		if err := c.Create(t.Context(), inputs, 1, Claim{Owner: "A", State: Claimed}); err != nil {
			t.Fatal(err)
		}
		shown := time.Now().Add(time.Second)
		s.fail = func(verb, _ string) (bool, error) {
			if verb == "get" && time.Now().Before(shown) {
				return false, fs.ErrNotExist
			}
			return false, nil
		}
		if err := c.Create(t.Context(), inputs, 1, Claim{Owner: "B", State: Claimed}); !errors.Is(err, ErrTaken) {
			t.Errorf("got error %v, want that another has it", err)
		}
		shown = time.Now().Add(time.Hour)
		var damage *DamageError
		if err := c.Create(t.Context(), inputs, 1, Claim{Owner: "B", State: Claimed}); !errors.As(err, &damage) {
			t.Errorf("got error %v, want that it is damaged", err)
		}
	})
}

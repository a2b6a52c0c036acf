package claim

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func (s *shelf) put(t *testing.T, n int, c Claim) {
	t.Helper()
	b, err := encode(c)
	if err != nil {
		t.Fatal(err)
	}
	s.files[name(inputs, n, ".json")] = string(b)
}

// read reads a claim; its state is empty where there is none.
func (s *shelf) read(t *testing.T, n int) Claim {
	t.Helper()
	text, ok := s.files[name(inputs, n, ".json")]
	if !ok {
		return Claim{}
	}
	c, err := decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Nobody waits for a claim whose owner has left it, until it is renewed again.
func TestWatchOfWhatWasLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newShelf()
		s.put(t, 1, Claim{Owner: "ME", State: Claimed})
		if err := c.Leave(t.Context(), inputs, 1, "ME"); err != nil {
			t.Fatal(err)
		}
		nobody, began, told := func(string) bool { return false }, time.Now(), 0
		// What another says whose claim never came to be is about no claim.
		if err := c.Leave(t.Context(), inputs, 1, "ANOTHER"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Watch(t.Context(), inputs, nobody, func(Claim) {}); err != nil || time.Since(began) < Expiry() {
			t.Errorf("it was taken for left after %s, %v", time.Since(began), err)
		}
		if err := c.Leave(t.Context(), inputs, 1, "ME"); err != nil {
			t.Fatal(err)
		}
		began = time.Now()
		if n, _, err := c.Watch(t.Context(), inputs, nobody, func(Claim) { told++ }); n != 1 || err != nil || time.Since(began) > 0 || told > 0 {
			t.Errorf("claim %d after %s (%v), told %d times", n, time.Since(began), err, told)
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		done := make(chan struct{})
		go func() { c.Renew(ctx, inputs, 1, true); close(done) }()
		synctest.Wait()
		if _, _, err := c.Watch(t.Context(), inputs, nobody, func(Claim) { told++ }); err != nil || time.Since(began) < time.Hour || told != 1 {
			t.Errorf("after %s (%v), told %d times", time.Since(began), err, told)
		}
		<-done
	})
}

// What a person gives up is the claim of somebody who is not heard of, also where
// another's stands above it. The claim itself is its owner's to write.
func TestForget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newShelf()
		alone := Claim{Owner: "ONE", Key: "F", Origin: "https://api.example", State: Sending, IdempotencyKey: "K"}
		s.put(t, 1, alone)
		s.put(t, 2, Claim{Owner: "TWO", State: Claimed})
		if err := c.Leave(t.Context(), inputs, 2, "TWO"); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
		defer stop()
		done := make(chan struct{})
		go func() { c.Renew(ctx, inputs, 1, true); close(done) }()
		began := time.Now()
		forgotten, ok, err := c.Forget(t.Context(), inputs)
		if !ok || err != nil || forgotten != alone || time.Since(began) < 10*time.Minute {
			t.Errorf("%+v, %t, %v after %s, while it was renewed for 10 minutes", forgotten, ok, err, time.Since(began))
		}
		<-done
		if got := s.read(t, 3).State; s.read(t, 1) != alone || s.read(t, 2).State != Claimed || got != Released {
			t.Errorf("claim 3 says %q, claim 1 %+v", got, s.read(t, 1))
		}
		if _, mayResend := Since(alone, []Claim{s.read(t, 2), s.read(t, 3)}); mayResend {
			t.Error("its owner may send it again with its key")
		}
		if _, ok, err := c.Forget(t.Context(), inputs); ok || err != nil {
			t.Errorf("twice: %t, %v", ok, err)
		}
	})
}

// An owner that wakes up while it is given up has its claim still.
func TestForgetOfWhoWakesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newShelf()
		s.put(t, 1, Claim{Owner: "ONE", State: Sending, IdempotencyKey: "K"})
		s.fail = func(verb, _ string) (bool, error) {
			if verb == "create" {
				s.put(t, 1, Claim{Owner: "ONE", State: Task, IdempotencyKey: "K", TaskID: "42"})
			}
			return false, nil
		}
		if _, ok, err := c.Forget(t.Context(), inputs); ok || !errors.Is(err, ErrAlive) {
			t.Errorf("%t, %v", ok, err)
		}
		if got := s.read(t, 2).State; got != Claimed || !strings.HasPrefix(s.files[name(inputs, 2, ".beat")], "gone") {
			t.Errorf("claim 2 says %q", got)
		}
	})
}

// Where claims are gone there is nothing to be given up by a write: a person is told
// what stands.
func TestForgetOfDamagedClaims(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newShelf()
		s.put(t, 2, Claim{Owner: "TWO", State: Sending, IdempotencyKey: "K"})
		var damage *DamageError
		if _, ok, err := c.Forget(t.Context(), inputs); ok || !errors.As(err, &damage) {
			t.Fatalf("%t, %v", ok, err)
		}
		if dir := strings.TrimSuffix(name(inputs, 1, ""), "1"); !strings.Contains(damage.Way(), dir) {
			t.Error(damage.Way())
		}
	})
}

// What says only claimed binds nobody, and its owner may be about to say more: it
// is not written.
func TestForgetOfWhatIsOnlyClaimed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newShelf()
		s.put(t, 1, Claim{Owner: "ONE", State: Claimed})
		if forgotten, ok, err := c.Forget(t.Context(), inputs); !ok || err != nil || forgotten.Owner != "ONE" || s.read(t, 1).State != Claimed {
			t.Errorf("%+v, %t, %v; it says %q", forgotten, ok, err, s.read(t, 1).State)
		}
		began := time.Now()
		if _, _, err := c.Watch(t.Context(), inputs, func(string) bool { return false }, func(Claim) {}); err != nil || time.Since(began) > 0 {
			t.Errorf("who comes then waits %s (%v)", time.Since(began), err)
		}
	})
}

// The failure of another account's task is nobody else's.
func TestJudgeOfAnothersFailure(t *testing.T) {
	t.Parallel()
	failed := Claim{State: Failed, Key: "F", Origin: "https://api.example"}
	for key, want := range map[string]Verdict{"F": Failure, "G": Free} {
		if got := (Reader{Origin: failed.Origin, Key: key, WaitedFrom: 1}).Judge(1, failed); got != want {
			t.Errorf("with key %s: %v, want %v", key, got, want)
		}
	}
}

package apply

import (
	"cmp"
	"sync"
	"time"

	"assetform/config/address"
)

// Figures of hourly limits.
const (
	firstWindow = time.Minute // between looks whether an hourly limit has passed, where the server does not say when
	maxWindow   = 5 * time.Minute
)

// hourlyLimits are the limits that a server has told of, by kind. Methods may
// be called concurrently.
type hourlyLimits struct {
	mu      sync.Mutex
	reached map[address.Kind]*rateLimit
}

// rateLimit is an hourly limit that was reached.
type rateLimit struct {
	words string // the server's
	since time.Time
	until time.Time // when to try again
	pause time.Duration
	// trying tells that one request is on its way to see whether the limit has
	// passed.
	trying bool
}

// add stops the submissions of a kind after HOURLY_LIMIT_EXCEEDED. Requests
// that were in flight together are refused together: they count as one.
func (h *hourlyLimits) add(kind address.Kind, now time.Time, retryAfter time.Duration, words string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.reached[kind]
	if p == nil {
		p = &rateLimit{since: now, trying: true}
		h.reached[kind] = p
	}
	p.words = words
	if p.trying {
		p.trying = false
		p.pause = min(maxWindow, max(firstWindow, 2*p.pause))
		p.until = now.Add(cmp.Or(retryAfter, p.pause))
	} else if again := now.Add(retryAfter); again.After(p.until) {
		p.until = again
	}
}

// passed notes that a task of the kind was accepted.
func (h *hourlyLimits) passed(kind address.Kind) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.reached, kind)
}

// of returns the rate limit of a kind, if there is one.
func (h *hourlyLimits) of(kind address.Kind) (rateLimit, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.reached[kind]; p != nil {
		return *p, true
	}
	return rateLimit{}, false
}

// retry lets one task of a limited kind try whether the limit has passed.
func (h *hourlyLimits) retry(kind address.Kind, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.reached[kind]
	if p == nil || now.Before(p.until) {
		return p == nil
	}
	p.trying = true
	p.until = now.Add(maxWindow) // for the others, until this one has an answer
	return true
}

// ends are the moments at which limits may have passed.
func (h *hourlyLimits) ends() []time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	var at []time.Time
	for _, p := range h.reached {
		at = append(at, p.until)
	}
	return at
}

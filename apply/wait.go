package apply

import (
	"time"

	"assetform/config/address"
)

// waitLimit says how long hourly limits are waited for: see Options.Wait.
type waitLimit struct{ limit *time.Duration }

// allows tells whether --wait allows to wait on for the hourly limit of a kind.
func (w waitLimit) allows(l *lane, kind address.Kind, now time.Time) bool {
	p, ok := l.hourly.of(kind)
	return ok && w.limit != nil && (*w.limit == 0 || now.Sub(p.since) < *w.limit)
}

// end is when the first wait for an hourly limit is over that --wait bounds;
// zero: there is none.
func (w waitLimit) end(l *lane, now time.Time) (end time.Time) {
	for kind, queue := range l.ready {
		if p, limited := l.hourly.of(kind); limited && len(*queue) > 0 && w.allows(l, kind, now) && *w.limit > 0 {
			if at := p.since.Add(*w.limit); end.IsZero() || at.Before(end) {
				end = at
			}
		}
	}
	return end
}

// worth tells whether any asset in a lane's queue can go on when time passes.
func (w waitLimit) worth(l *lane, now time.Time) bool {
	for kind, queue := range l.ready {
		if _, limited := l.hourly.of(kind); len(*queue) > 0 && (!limited || w.allows(l, kind, now)) {
			return true
		}
	}
	return false
}

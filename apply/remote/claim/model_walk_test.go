package claim

import (
	"fmt"
	"os"
	"testing"
)

// walk goes through all that may happen. over is a way to a payment too many.
func (m model) walk(limit int) (seen int, over, whole bool) {
	start := m.start()
	known := map[[3]uint64]struct{}{start.packed(): {}}
	for queue := []world{start}; len(queue) > 0; {
		w := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if w.paid > 1+w.allowed {
			return len(known), true, true
		}
		if len(known) > limit {
			return len(known), false, false
		}
		m.next(&w, func(v world) {
			key := v.packed()
			if _, old := known[key]; !old {
				known[key] = struct{}{}
				queue = append(queue, v)
			}
		})
	}
	return len(known), false, true
}

// TestModel walks through what few of everything can do; with ASSETFORM_LONG set,
// through what some more can: about 20 million situations. That there is no task
// list is one of the cases of a list that lags.
func TestModel(t *testing.T) {
	t.Parallel()
	models := []model{
		{machines: 2, late: 1, lost: 1},
		{machines: 2, lost: 1, restarts: 1, persons: 1},
		{machines: 3, late: 1},
		{machines: 3, lost: 1, fails: true},
		{machines: 3, persons: 1, foreign: 1},
	}
	if os.Getenv("ASSETFORM_LONG") != "" && !underRace {
		models = []model{
			{machines: 2, late: 1, lost: 1, restarts: 1, persons: 1},
			{machines: 2, late: 1, restarts: 1, persons: 1, foreign: 1},
			{machines: 2, lost: 1, restarts: 1, persons: 1, foreign: 1},
			{machines: 3, late: 1, lost: 1},
			{machines: 3, lost: 1, restarts: 1, persons: 1},
			{machines: 3, lost: 1, persons: 1, foreign: 1},
			{machines: 3, late: 1, fails: true},
		}
	}
	for _, m := range models {
		for _, honours := range []bool{true, false} {
			m := m
			m.honours, m.list = honours, true
			t.Run(fmt.Sprintf("%+v", m), func(t *testing.T) {
				t.Parallel()
				seen, over, whole := m.walk(10_000_000)
				if over || !whole {
					t.Fatalf("after %d situations: paid too often: %t; all seen: %t", seen, over, whole)
				}
				t.Logf("%d situations", seen)
			})
		}
	}
}

// TestModelNeedsEachRule drops each rule in turn: then there is a payment too many.
func TestModelNeedsEachRule(t *testing.T) {
	t.Parallel()
	one := model{machines: 2, lost: 1}
	carried := model{machines: 2, lost: 1, honours: true}
	again := model{machines: 2, lost: 1, honours: true, restarts: 1}
	person := model{machines: 2, foreign: 1, honours: true, persons: 1, restarts: 1, late: 1}
	for drop, m := range map[dropped]model{
		createFirst: one, atomicCreate: one, lookAgain: one, pastClaimed: one, neverSends: one, askAbove: one, answered: one,
		writesFail: one, resultFirst: one, stayClaimed: one, freeToRelease: one,
		carriedStays: carried, numberOnce: again, carriedNoted: again, intentFirst: again,
		renewalsApart: {machines: 2, late: 1}, othersKey: {machines: 2, foreign: 1, honours: true},
		sinceFirst: person, ownToRelease: person,
	} {
		t.Run(string(drop), func(t *testing.T) {
			t.Parallel()
			m.drop = drop
			seen, over, _ := m.walk(1_000_000)
			if !over {
				t.Fatalf("nothing is paid too often without it, in %d situations", seen)
			}
			t.Logf("found after %d situations", seen)
		})
	}
}

package enginetest

import (
	"fmt"
	"strings"
	"testing"

	"assetform/apply/engine"
)

// A list shows what was asked for, the newest first, and takes no task for
// another's.
func testFinder(t *testing.T, r *rig) {
	f, ok := r.Driver.(engine.Finder)
	if !ok {
		t.Skip("it has no list")
	}
	asks, ids := differing(t, r)
	rows := readAll(t, f)
	at := map[string]int{}
	for i := range rows {
		at[rows[i].ID] = i
	}
	for i, id := range ids {
		n, shown := at[id]
		if !shown || i > 0 && n >= at[ids[i-1]] {
			t.Fatalf("task %q is not above those before it: the list is %v", id, at)
		}
	}
	own, query := ids[1], queryOf(r.engine, asks[1])
	row := &rows[at[own]]
	is := f.Compare(query, row, rows)
	if len(is.Differs) > 0 || !is.Near || !is.Likely || is.Words() == "" || len(is.Hidden) > 0 && is.Equal() {
		t.Errorf("own row: %+v", is)
	}
	task, info := r.result(t, own)
	if differs, _ := f.Contradicts(query, &task); len(differs) > 0 {
		t.Errorf("own task: %v differ", differs)
	}
	if fits, other := f.Picture(query, &task, info.Width, info.Height); is.ByPicture && !fits || other != "" {
		t.Errorf("own picture: fits is %v, other %q", fits, other)
	}
	for i, id := range ids {
		if id == own {
			continue
		}
		other := f.Compare(query, &rows[at[id]], rows)
		if other.Equal() {
			t.Errorf("%v is taken for %v", asks[i].Params, asks[1].Params)
		}
		task, info := r.result(t, id)
		if fits, _ := f.Picture(query, &task, info.Width, info.Height); other.ByPicture && fits {
			t.Errorf("%v is taken for %v by its picture", asks[i].Params, asks[1].Params)
		}
		differs, told := f.Contradicts(query, &task)
		if told && asks[i].Params["prompt"] != asks[1].Params["prompt"] && len(differs) == 0 {
			t.Errorf("%v: another prompt contradicts nothing", asks[i].Params)
		}
	}
	checkIdentities(t, f, rows, readAll(t, f))
}

// differing sends a request, the second, and others that differ from it in one
// parameter each. The first has a longer prompt: where the list shows it, it
// cuts none.
func differing(t *testing.T, r *rig) (asks []engine.Request, ids []string) {
	m := plainImage(r.engine)
	ask := asking(m, "A castle")
	for _, p := range m.Params {
		if p.Name != "prompt" {
			ask = with(ask, p.Name, values(p)[0])
		}
	}
	asks = []engine.Request{with(ask, "prompt", "A castle "+strings.Repeat("and a tower ", 20)+"by the sea"), ask}
	for _, p := range m.Params {
		if p.Name == "prompt" {
			asks = append(asks, with(ask, p.Name, "A ruin"))
		} else {
			asks = append(asks, with(ask, p.Name, values(p)[1]))
		}
	}
	for i, ask := range asks {
		ids = append(ids, r.submit(t, ask, fmt.Sprintf("list %d", i)))
	}
	return asks, ids
}

// readAll reads the whole list.
func readAll(t *testing.T, f engine.Finder) []engine.Task {
	t.Helper()
	var rows []engine.Task
	seen := map[string]bool{}
	for number := 1; ; number++ {
		page, err := f.Tasks(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		if page.Page != number || len(page.Tasks) == 0 {
			if page.Total >= 0 && page.Total != len(rows) {
				t.Errorf("the list has %d tasks and says %d", len(rows), page.Total)
			}
			return rows
		}
		for _, task := range page.Tasks {
			if seen[task.ID] {
				t.Fatalf("page %d shows task %q a second time", number, task.ID)
			}
			seen[task.ID] = true
			rows = append(rows, task)
		}
	}
}

// checkIdentities holds two readings of a list against each other.
func checkIdentities(t *testing.T, f engine.Finder, before, after []engine.Task) {
	t.Helper()
	whose := map[string]string{}
	for i := range before {
		whose[string(f.Identity(&before[i]))] = before[i].ID
	}
	if len(whose) != len(before) || len(after) != len(before) {
		t.Errorf("%d tasks have %d identities, and later there are %d", len(before), len(whose), len(after))
	}
	for i := range after {
		if id := whose[string(f.Identity(&after[i]))]; id != after[i].ID {
			t.Errorf("the identity of task %q has changed", after[i].ID)
		}
	}
}

func testQuota(t *testing.T, r *rig) {
	q, ok := r.Driver.(engine.Quoter)
	if !ok {
		t.Skip("it knows of no quota")
	}
	quota, err := q.Quota(t.Context())
	if err != nil || quota.Concurrent < 0 {
		t.Errorf("%+v, %v", quota, err)
	}
	for unit, left := range quota.Left {
		if unit == "" || left < 0 {
			t.Errorf("%d of %q left", left, unit)
		}
	}
}

func testHealth(t *testing.T, r *rig) {
	p, ok := r.Driver.(engine.Prober)
	if !ok {
		t.Skip("it cannot be asked what it is")
	}
	first, err := p.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := p.Health(t.Context()); err != nil || again != first {
		t.Errorf("%+v, then %+v, %v", first, again, err)
	}
}

// A key is told from others without being told.
func testKeyCheck(t *testing.T, r *rig) {
	c, ok := r.Driver.(engine.KeyChecker)
	if !ok {
		t.Skip("it tells no keys apart")
	}
	first, again, other := c.KeyCheck("salt"), c.KeyCheck("salt"), c.KeyCheck("another salt")
	switch {
	case first != again:
		t.Errorf("%q, then %q with the same salt", first, again)
	case (first == "") != (r.secret == ""):
		t.Errorf("%q with the key %q", first, r.secret)
	case first != "" && first == other:
		t.Errorf("%q whatever the salt is", first)
	case first != "" && strings.Contains(first+other, r.secret):
		t.Error("it tells the key")
	}
}

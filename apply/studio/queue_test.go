package studio

import (
	"slices"
	"testing"
)

// TestQueueIsFair: keys take turns, however much one of them asks for.
func TestQueueIsFair(t *testing.T) {
	t.Parallel()
	q := newQueue()
	push := func(account string, n int) {
		for range n {
			q.push(account, &task{rec: record{Account: account}})
		}
	}
	push("greedy", 5)
	push("b", 2)
	push("c", 1)
	var got []string
	for range 4 {
		got = append(got, q.next().rec.Account)
	}
	push("late", 1)
	for range 5 {
		got = append(got, q.next().rec.Account)
	}
	want := []string{"greedy", "b", "c", "greedy", "b", "greedy", "late", "greedy", "greedy"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if len(q.lanes) != 0 || len(q.turns) != 0 {
		t.Errorf("left behind: %v %v", q.lanes, q.turns)
	}
	q.close()
	if q.next() != nil {
		t.Error("a closed queue hands out work")
	}
}

// TestOneTaskAmongMany: the single task of one key is drawn next though another
// has a hundred waiting.
func TestOneTaskAmongMany(t *testing.T) {
	t.Parallel()
	g := newGate()
	greedy := NewKey("tester", testSecret)
	greedy.ConcurrentLimit = 200
	r := newRig(t, Options{Keys: Keys{greedy, NewKey("modest", "k-modest")}, Renderer: g, Workers: 1})
	for range 100 {
		r.image()
	}
	r.create("generate_image", `{"prompt":"the modest one"}`, "X-API-Key", "k-modest")
	<-g.started // a task of the greedy key
	close(g.open)
	for turn := 1; ; turn++ {
		if job := <-g.started; job.Text("prompt") == "the modest one" {
			if turn > 2 {
				t.Errorf("it was drawn in turn %d", turn)
			}
			break
		}
	}
}

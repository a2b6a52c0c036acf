package lockfile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The shares of an entry's candidates are its cost together, whatever the sum
// is: of those that are there, or, where a task delivered any, of those.
func TestCandidateShares(t *testing.T) {
	t.Parallel()
	by := func(tasks ...string) (list []Candidate) { // "-" is missing, "" a file without a task
		for _, task := range tasks {
			c := Candidate{ContentHash: HashBytes([]byte("of " + task)), TaskID: task}
			if task == "-" {
				c = Candidate{}
			}
			list = append(list, c)
		}
		return list
	}
	none := Cost(nil)
	one := func(n int) Cost { return Cost{"image_credits": n} }
	for name, c := range map[string]struct {
		candidates []Candidate
		cost       Cost
		want       []Cost
	}{
		"one result":         {nil, one(3), []Cost{one(3)}},
		"nothing is said":    {nil, nil, []Cost{{}}},
		"equal":              {by("a", "b"), one(4), []Cost{one(2), one(2)}},
		"not to be parted":   {by("a", "b", "c"), one(7), []Cost{one(2), one(2), one(3)}},
		"one is missing":     {by("a", "-", "c"), one(4), []Cost{one(2), none, one(2)}},
		"one was a person's": {by("", "b", "c"), one(4), []Cost{{}, one(2), one(2)}},
		"without any task":   {by("", ""), one(4), []Cost{one(2), one(2)}},
		"for nothing":        {by("a", "b"), one(0), []Cost{one(0), one(0)}},
		"two units":          {by("a", "b"), Cost{"x": 2, "y": 4}, []Cost{{"x": 1, "y": 2}, {"x": 1, "y": 2}}},
	} {
		e := Entry{ContentHash: HashBytes([]byte("of a")), TaskID: "a", Candidates: c.candidates, Cost: c.cost}
		if diff := cmp.Diff(c.want, e.CandidateShares()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

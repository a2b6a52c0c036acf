package studio

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"assetform/apply/engine/imaginator"
)

// TestListing compares every page of every filter with a plain search, while
// tasks are in all states.
func TestListing(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	g := r.server.register
	rng := rand.New(rand.NewPCG(1, 2))
	key := plenty()
	var all []record // newest first
	for range 137 {
		rec := record{Account: key.Name, Method: []string{"generate_image", "generate_video"}[rng.IntN(2)]}
		made, _, no := g.admit(rec, key, 1000, time.Now())
		if no != nil {
			t.Fatal(no.message)
		}
		rec = g.snapshot(made)
		rec.Status, rec.Completed = statuses[rng.IntN(len(statuses))], time.Now()
		g.advance(made, rec)
		all = slices.Insert(all, 0, rec)
	}
	for _, status := range append([]imaginator.Status{""}, statuses...) {
		for _, kind := range append([]imaginator.TaskType{""}, taskTypes...) {
			var want []string
			for _, rec := range all {
				if (status == "" || rec.Status == status) && (kind == "" || rec.taskType() == kind) {
					want = append(want, rec.taskID())
				}
			}
			query := "per_page=10"
			if status != "" {
				query += "&status=" + string(status)
			}
			if kind != "" {
				query += "&type=" + string(kind)
			}
			if got := allPages(t, r, query, len(want)); !slices.Equal(got, want) {
				t.Errorf("%s:\n got %v\nwant %v", query, got, want)
			}
		}
	}
}

// allPages reads the list to its end.
func allPages(t *testing.T, r *rig, query string, total int) (ids []string) {
	t.Helper()
	for n := 1; ; n++ {
		p := data[imaginator.TaskPage](t, r.do("GET", apiPath+"tasks?"+query+"&page="+strconv.Itoa(n), ""))
		if p.Total != total || p.Page != n || p.PerPage != 10 {
			t.Fatalf("%s: total %d page %d per_page %d, want %d, %d, 10", query, p.Total, p.Page, p.PerPage, total, n)
		}
		if len(p.Tasks) == 0 {
			return ids
		}
		for _, task := range p.Tasks {
			ids = append(ids, task.ID)
		}
	}
}

func TestListingRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for _, query := range []string{
		"page=0", "page=-1", "page=x", "page=", "page=99999999999999999999", "page=1&page=2",
		"per_page=0", "per_page=101", "status=done", "status=", "type=audio", "sort=asc", "page=%zz",
	} {
		rep := r.do("GET", apiPath+"tasks?"+query, "")
		t.Run(query, func(t *testing.T) { wantError(t, rep, 400, imaginator.CodeInvalidRequest, "") })
	}
	p := data[imaginator.TaskPage](t, r.do("GET", apiPath+"tasks", ""))
	if p.Page != 1 || p.PerPage != 20 || p.Tasks == nil {
		t.Errorf("defaults: %+v", p)
	}
}

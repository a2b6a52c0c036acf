package spent

import (
	"testing"
	"time"

	"assetform/config/engine"
	"assetform/lockfile"

	"github.com/google/go-cmp/cmp"
)

func engines(t *testing.T) engine.Registry {
	t.Helper()
	r, err := engine.NewRegistry(&engine.Engine{Type: "free", Title: "free", Free: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func hash(s string) lockfile.ContentHash { return lockfile.HashBytes([]byte(s)) }

func paid(task, content string, credits int) lockfile.Entry {
	return lockfile.Entry{Provider: "paid", Method: "draw", TaskID: task, ContentHash: hash(content), Cost: lockfile.Cost{"credits": credits}}
}

// version is what a history takes of a lock.
func version(h *History, entries map[string]lockfile.Entry) (list []Entry) {
	for address, e := range entries {
		list = append(list, h.Entry(address, &e))
	}
	return list
}

func lock(entries map[string]lockfile.Entry) *lockfile.Lock { return &lockfile.Lock{Assets: entries} }

var (
	january  = time.Date(2026, 1, 31, 23, 59, 0, 0, time.UTC)
	february = time.Date(2026, 2, 1, 1, 0, 0, 0, time.FixedZone("", 2*3600)) // January in UTC
	march    = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
)

func TestHistory(t *testing.T) {
	cat := paid("t1", "cat", 2)
	converted := cat
	converted.SourceHash, converted.ContentHash = cat.ContentHash, hash("cat as JPEG")
	three := paid("", "b1", 5)
	three.Candidates = []lockfile.Candidate{{ContentHash: hash("b1"), TaskID: "c1"}, {ContentHash: hash("b2"), TaskID: "c2"}, {}, {ContentHash: hash("b3"), TaskID: "c3"}}
	one := paid("c2", "b2", 2)
	adopted, sketch, free := paid("t7", "mine", 1), paid("t8", "sketch", 1), paid("t9", "drawn", 1)
	adopted.Adopted, sketch.Placeholder, free.Provider = true, true, "free"
	released := paid("", "mine", 0)
	unknown, given := paid("t5", "unknown", 0), paid("t6", "given", 0)
	unknown.Cost = nil

	type committed struct {
		at      time.Time
		entries map[string]lockfile.Entry
	}
	for _, test := range []struct {
		name     string
		known    map[string]lockfile.Entry
		versions []committed
		want     []Group // by asset
		months   []Group
		without  int
	}{
		{name: "moved, converted and shared", versions: []committed{
			{january, map[string]lockfile.Entry{"image.b": cat}},
			{february, map[string]lockfile.Entry{"image.a": cat, "image.b": cat}},
			{march, map[string]lockfile.Entry{"image.c": converted, "image.d": cat}},
		}, want: []Group{{"image.c", 1, engine.Cost{"credits": 2}}}, months: []Group{{"2026-01", 1, engine.Cost{"credits": 2}}}},
		{name: "generated again", versions: []committed{
			{january, map[string]lockfile.Entry{"image.a": cat}},
			{march, map[string]lockfile.Entry{"image.a": paid("t2", "cat", 2)}},
		}, want: []Group{{"image.a", 2, engine.Cost{"credits": 4}}}, months: []Group{{"2026-01", 1, engine.Cost{"credits": 2}}, {"2026-03", 1, engine.Cost{"credits": 2}}}},
		{name: "candidates, of which one is kept", versions: []committed{
			{february, map[string]lockfile.Entry{"image.a": three}},
			{march, map[string]lockfile.Entry{"image.a": one}},
		}, want: []Group{{"image.a", 3, engine.Cost{"credits": 5}}}, months: []Group{{"2026-01", 3, engine.Cost{"credits": 5}}}},
		{name: "what a base has", known: map[string]lockfile.Entry{"image.z": cat}, versions: []committed{
			{march, map[string]lockfile.Entry{"image.a": cat, "image.b": paid("t3", "dog", 1)}},
		}, want: []Group{{"image.b", 1, engine.Cost{"credits": 1}}}, months: []Group{{"2026-03", 1, engine.Cost{"credits": 1}}}},
		{name: "not charged", versions: []committed{
			{march, map[string]lockfile.Entry{"image.a": adopted, "image.b": sketch, "image.c": free}},
		}, want: []Group{}, months: []Group{}},
		{name: "let go", versions: []committed{
			{january, map[string]lockfile.Entry{"image.a": cat}},
			{february, map[string]lockfile.Entry{"image.a": adopted}},
			{march, map[string]lockfile.Entry{"image.a": released}},
		}, want: []Group{{"image.a", 1, engine.Cost{"credits": 2}}}, months: []Group{{"2026-01", 1, engine.Cost{"credits": 2}}}},
		{name: "not known", versions: []committed{
			{march, map[string]lockfile.Entry{"image.a": unknown}},
		}, want: []Group{{"image.a", 1, engine.Cost{}}}, months: []Group{{"2026-03", 1, engine.Cost{}}}, without: 1},
		{name: "for nothing", versions: []committed{
			{march, map[string]lockfile.Entry{"image.a": given}},
		}, want: []Group{{"image.a", 1, engine.Cost{"credits": 0}}}, months: []Group{{"2026-03", 1, engine.Cost{"credits": 0}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := NewHistory(engines(t))
			h.Know(version(h, test.known))
			for _, v := range test.versions {
				h.Add(version(h, v.entries), v.at)
			}
			if diff := cmp.Diff(test.want, h.By(func(r *Result) string { return r.Address })); diff != "" {
				t.Errorf("by asset (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.months, h.By(func(r *Result) string { return r.Month })); diff != "" {
				t.Errorf("by month (-want +got):\n%s", diff)
			}
			if _, without := h.Total(); without != test.without {
				t.Errorf("%d without a cost, want %d", without, test.without)
			}
		})
	}
}

func TestBeyond(t *testing.T) {
	h := NewHistory(engines(t))
	h.Know(version(h, map[string]lockfile.Entry{"image.a": paid("t1", "a", 1)}))
	h.Add(version(h, map[string]lockfile.Entry{"image.b": paid("t2", "b", 1)}), march)
	got := h.Beyond(lock(map[string]lockfile.Entry{"image.a": paid("t1", "a", 1), "image.b": paid("t2", "b", 1), "image.c": paid("t3", "c", 7)}))
	if !got.Equal(engine.Cost{"credits": 7}) {
		t.Errorf("beyond what is counted: %v", got)
	}
	if all, _ := h.Total(); all.Results != 1 {
		t.Errorf("looking counted: %+v", all)
	}
}

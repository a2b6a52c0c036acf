package studio

import (
	"strconv"
	"testing"
	"time"

	"assetform/apply/engine/imaginator"
	"assetform/config/address"
)

// TestCredits charges what the table says: 1 credit, 2 for nano_banana_pro, a
// video from the videos' own limit; the answer tells what is left.
func TestCredits(t *testing.T) {
	t.Parallel()
	key := NewKey("tester", testSecret)
	key.HourlyImageCredits, key.HourlyVideos, key.ConcurrentLimit = 100, 10, 50
	r := newRig(t, Options{Keys: Keys{key}})
	credits, videos := 0, 0
	charge := func(name, text string, c, v int) {
		t.Helper()
		got := r.create(name, text)
		credits, videos = credits+c, videos+v
		left := 100 - credits
		if v > 0 {
			left = 10 - videos
		}
		if got.RemainingQuota == nil || *got.RemainingQuota != left {
			t.Errorf("%s: remaining_quota %v, want %d", name, got.RemainingQuota, left)
		}
		q := r.quota()
		if q.Images.UsedThisHour != credits || q.Images.Remaining != 100-credits ||
			q.Videos.UsedThisHour != videos || q.Videos.Remaining != 10-videos {
			t.Errorf("%s: quota %+v, want %d credits and %d videos used", name, q, credits, videos)
		}
	}
	charge("generate_image", `{"prompt":"x"}`, 1, 0)
	charge("generate_image", `{"prompt":"x","model":"imagen3.5"}`, 1, 0)
	charge("generate_image", `{"prompt":"x","model":"nano_banana"}`, 1, 0)
	charge("generate_image", `{"prompt":"x","model":"nano_banana_pro"}`, 2, 0)
	refs := imaginator.Engine.Method("generate_image_with_references")
	charge(refs.Name, body(refs), 2, 0)
	charge(refs.Name, body(refs, "model", "nano_banana"), 1, 0)
	charge("generate_recipe", body(imaginator.Engine.Method("generate_recipe")), 1, 0)
	for _, m := range imaginator.Engine.Methods {
		if m.Kind == address.Video {
			charge(m.Name, body(m), 0, 1)
		}
	}
	if credits != 9 || videos != 4 {
		t.Errorf("%d credits and %d videos", credits, videos)
	}
}

// TestHourRolls: what was charged comes back an hour later to the instant, and
// Retry-After says when enough of it does.
func TestHourRolls(t *testing.T) {
	t.Parallel()
	clock := newFakeClock()
	key := NewKey("tester", testSecret)
	key.HourlyImageCredits, key.ConcurrentLimit = 3, 50
	r := newRig(t, Options{Keys: Keys{key}, Clock: clock.now})
	r.image() // at 0 minutes
	clock.advance(20 * time.Minute)
	r.image() // at 20 minutes
	clock.advance(10 * time.Minute)
	r.image() // at 30 minutes
	refused := func(text string, wait time.Duration) {
		t.Helper()
		rep := r.do("POST", apiPath+"generate_image", text)
		wantError(t, rep, 429, imaginator.CodeHourlyLimitExceeded, "Hourly image limit exceeded (3/hour)")
		if got := rep.header.Get("Retry-After"); got != strconv.Itoa(int(wait.Seconds())) {
			t.Errorf("Retry-After %s, want %v", got, wait)
		}
	}
	one, two := `{"prompt":"x"}`, `{"prompt":"x","model":"nano_banana_pro"}`
	refused(one, 30*time.Minute)
	refused(two, 50*time.Minute)
	r.create("generate_video", `{"prompt":"x"}`) // videos have their own limit
	clock.advance(30*time.Minute - time.Second)
	refused(one, time.Second)
	clock.advance(time.Second)
	refused(two, 20*time.Minute)
	r.image()
	refused(one, 20*time.Minute)
	if q := r.quota(); q.Images.UsedThisHour != 3 || q.Images.Remaining != 0 {
		t.Errorf("quota %+v", q)
	}
	clock.advance(2 * time.Hour)
	if q := r.quota(); q.Images.UsedThisHour != 0 || q.Videos.UsedThisHour != 0 {
		t.Errorf("quota after two hours %+v", q)
	}
}

// TestNeverFits: a request that costs more than the whole limit waits a window.
func TestNeverFits(t *testing.T) {
	t.Parallel()
	key := NewKey("tester", testSecret)
	key.HourlyImageCredits = 1
	r := newRig(t, Options{Keys: Keys{key}})
	rep := r.do("POST", apiPath+"generate_image", `{"prompt":"x","model":"nano_banana_pro"}`)
	wantError(t, rep, 429, imaginator.CodeHourlyLimitExceeded, "")
	if got := rep.header.Get("Retry-After"); got != "3600" {
		t.Errorf("Retry-After %s", got)
	}
}

// TestFailedTaskIsRefunded: it was charged while it ran, and is not after.
func TestFailedTaskIsRefunded(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{FailRate: 1, Latency: 50 * time.Millisecond})
	made := []imaginator.Created{r.image(), r.create("generate_video", `{"prompt":"x"}`)}
	if q := r.quota(); q.Images.UsedThisHour != 1 || q.Videos.UsedThisHour != 1 || q.Images.ActiveTasks != 2 {
		t.Errorf("while they run: %+v", q)
	}
	for _, m := range made {
		task := r.wait(m.TaskID)
		if task.Status != imaginator.StatusFailed || task.Error == "" || task.Error != task.ErrorMessage || task.ResultURL != "" {
			t.Errorf("task %+v", task)
		}
	}
	if q := r.quota(); q.Images.UsedThisHour != 0 || q.Videos.UsedThisHour != 0 || q.Images.ActiveTasks != 0 {
		t.Errorf("after they failed: %+v", q)
	}
}

// TestConcurrentLimit counts tasks of all kinds until they are finished.
func TestConcurrentLimit(t *testing.T) {
	t.Parallel()
	g := newGate()
	other := NewKey("other", "k-other")
	r := newRig(t, Options{Keys: Keys{NewKey("tester", testSecret), other}, Renderer: g, Workers: 1})
	ids := []string{}
	for i := range DefaultConcurrentLimit {
		name := []string{"generate_image", "generate_video"}[i%2]
		ids = append(ids, r.create(name, `{"prompt":"x"}`).TaskID)
	}
	<-g.started
	if got := []imaginator.Status{r.task(ids[0]).Status, r.task(ids[1]).Status}; got[0] != "processing" || got[1] != "pending" {
		t.Errorf("statuses %v, want one processing and the rest pending", got)
	}
	rep := r.do("POST", apiPath+"generate_image", `{"prompt":"x"}`)
	wantError(t, rep, 429, imaginator.CodeConcurrentLimitExceeded, "(5)")
	if q := r.quota(); q.Images.ActiveTasks != 5 || q.Images.ConcurrentLimit != 5 {
		t.Errorf("quota %+v", q)
	}
	r.image("X-API-Key", "k-other") // another key's limit is its own
	close(g.open)
	for _, id := range ids {
		r.wait(id)
	}
	r.image()
}

func TestQueueLimit(t *testing.T) {
	t.Parallel()
	g := newGate()
	r := newRig(t, Options{Keys: Keys{plenty()}, Renderer: g, QueueLimit: 2, Workers: 1})
	r.image()
	last := r.image()
	rep := r.do("POST", apiPath+"generate_image", `{"prompt":"x"}`)
	wantError(t, rep, 429, imaginator.CodeConcurrentLimitExceeded, "queue is full")
	close(g.open)
	r.wait(last.TaskID)
	r.image()
}

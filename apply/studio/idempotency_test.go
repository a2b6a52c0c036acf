package studio

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"assetform/apply/engine/imaginator"
)

func TestIdempotency(t *testing.T) {
	t.Parallel()
	clock := newFakeClock()
	key := NewKey("tester", testSecret)
	key.HourlyImageCredits = 2
	r := newRig(t, Options{Keys: Keys{key, NewKey("other", "k-other")}, Clock: clock.now})
	image := apiPath + "generate_image"
	once := []string{imaginator.HeaderIdempotencyKey, "intent-1"}
	first := r.do("POST", image, `{"prompt":"x"}`, once...)
	r.wait(data[imaginator.Created](t, first).TaskID)
	r.image() // the limit is used up

	again := r.do("POST", image, ` {"model":"imagen3.5", "prompt":"x"}`, once...)
	if again.status != http.StatusCreated || string(again.body) != string(first.body) {
		t.Errorf("again: %d %s\nfirst: %s", again.status, again.body, first.body)
	}
	wantError(t, r.do("POST", image, `{"prompt":"y"}`, once...), 400, imaginator.CodeInvalidRequest, "another request")
	wantError(t, r.do("POST", apiPath+"generate_video", `{"prompt":"x"}`, once...), 400, imaginator.CodeInvalidRequest, "another request")
	if q := r.quota(); q.Images.UsedThisHour != 2 || q.Videos.UsedThisHour != 0 {
		t.Errorf("repetitions were charged: %+v", q)
	}

	// Another API key has its own.
	foreign := r.create("generate_image", `{"prompt":"y"}`, append(once, "X-API-Key", "k-other")...)
	if foreign.TaskID == data[imaginator.Created](t, first).TaskID {
		t.Error("two keys share an idempotency key")
	}
	// It is remembered for a day.
	clock.advance(idempotencyFor - time.Second)
	again = r.do("POST", image, `{"prompt":"x"}`, once...)
	if string(again.body) != string(first.body) {
		t.Errorf("after almost a day: %s", again.body)
	}
	clock.advance(time.Second)
	if fresh := r.create("generate_image", `{"prompt":"y"}`, once...); fresh.TaskID == data[imaginator.Created](t, first).TaskID {
		t.Error("it is remembered for more than a day")
	}
}

// TestRefusalIsNotRemembered: only what was accepted is answered again.
func TestRefusalIsNotRemembered(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Faults: []Fault{{Name: faultConcurrent429, Count: 1}}})
	once := []string{imaginator.HeaderIdempotencyKey, "intent-1"}
	wantError(t, r.do("POST", apiPath+"generate_image", `{"prompt":"x"}`, once...), 429, imaginator.CodeConcurrentLimitExceeded, "")
	r.image(once...)
}

// TestSimultaneousRepetitions: of many requests at once under one key, one
// makes the task, and all get its answer.
func TestSimultaneousRepetitions(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{DataDir: t.TempDir()})
	var group sync.WaitGroup
	bodies := make([]string, 20)
	for i := range bodies {
		group.Go(func() {
			rep, err := r.try("POST", apiPath+"generate_image", `{"prompt":"x"}`, imaginator.HeaderIdempotencyKey, "one")
			if err == nil {
				bodies[i] = string(rep.body)
			}
		})
	}
	group.Wait()
	for _, b := range bodies {
		if b != bodies[0] || !strings.Contains(b, `"success":true`) {
			t.Errorf("answers differ: %s and %s", b, bodies[0])
		}
	}
	if q := r.quota(); q.Images.UsedThisHour != 1 {
		t.Errorf("charged %d", q.Images.UsedThisHour)
	}
}

// TestSeeds: the one that is asked for, else one that follows from the
// Idempotency-Key whoever sends it, else a random one.
func TestSeeds(t *testing.T) {
	t.Parallel()
	g := newGate()
	close(g.open)
	keys := Keys{NewKey("tester", testSecret), NewKey("other", "k-other")}
	r := newRig(t, Options{Renderer: g, Keys: keys, Workers: 1})
	seed := func(text string, header ...string) int64 {
		t.Helper()
		r.create("generate_image", text, header...)
		return (<-g.started).Seed
	}
	if got := seed(`{"prompt":"x","seed":-9223372036854775808}`, imaginator.HeaderIdempotencyKey, "0"); got != -1<<63 {
		t.Errorf("seed %d", got)
	}
	if got := seed(`{"prompt":"x","seed":0}`); got != 0 {
		t.Errorf("seed %d", got)
	}
	a := seed(`{"prompt":"x"}`, imaginator.HeaderIdempotencyKey, "a")
	if b := seed(`{"prompt":"x"}`, imaginator.HeaderIdempotencyKey, "a", "X-API-Key", "k-other"); b != a {
		t.Errorf("seeds %d and %d under one key", a, b)
	}
	if b := seed(`{"prompt":"x"}`, imaginator.HeaderIdempotencyKey, "b"); b == a {
		t.Error("the same seed under another key")
	}
	one, two := seed(`{"prompt":"x"}`), seed(`{"prompt":"x"}`)
	if one == two {
		t.Error("two random seeds are the same")
	}
	// The same pictures on every machine and in every version: this never changes.
	if a != 4626243278471570962 {
		t.Errorf(`the seed of key "a" is %d`, a)
	}
}

func TestTasksArePrivate(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Keys: Keys{NewKey("tester", testSecret), NewKey("other", "k-other")}})
	mine := r.image().TaskID
	rep := r.do("GET", apiPath+"task/"+mine, "", "X-API-Key", "k-other")
	wantError(t, rep, 404, imaginator.CodeTaskNotFound, "")
	page := data[imaginator.TaskPage](t, r.do("GET", apiPath+"tasks", "", "X-API-Key", "k-other"))
	if page.Total != 0 || len(page.Tasks) != 0 {
		t.Errorf("another key's list: %+v", page)
	}
	if r.task(mine).ID != mine {
		t.Error("the owner does not see the task")
	}
}

// TestRecipeWithoutPrompt shows a prompt that is empty, which is something
// else than none shown.
func TestRecipeWithoutPrompt(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	m := imaginator.Engine.Method("generate_recipe")
	task := r.wait(r.create(m.Name, body(m)).TaskID)
	if task.Prompt == nil || *task.Prompt != "" || task.Status != imaginator.StatusCompleted {
		t.Errorf("task %+v", task)
	}
}

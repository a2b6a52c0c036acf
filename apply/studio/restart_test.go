package studio

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"assetform/apply/engine/enginetest"
	"assetform/apply/engine/imaginator"
)

// reopen ends a rig as a kill would, as far as one process can: what is being
// drawn is dropped. It starts another on the same directory.
func (r *rig) reopen(o Options) *rig {
	r.t.Helper()
	if err := r.server.Close(); err != nil {
		r.t.Fatal(err)
	}
	return newRig(r.t, o)
}

// TestRestart: what was pending runs again with its seed, what was completed
// is served, and usage, idempotency and ids go on.
func TestRestart(t *testing.T) {
	t.Parallel()
	dir, clock := t.TempDir(), newFakeClock()
	r := newRig(t, Options{DataDir: dir, Clock: clock.now})
	once := []string{imaginator.HeaderIdempotencyKey, "intent-1"}
	done := r.do("POST", apiPath+"generate_image", `{"prompt":"done"}`, once...)
	finished := r.wait(data[imaginator.Created](t, done).TaskID)
	result := r.do("GET", strings.TrimPrefix(finished.ResultURL, testBase), "")

	closed := newGate()
	r = r.reopen(Options{DataDir: dir, Clock: clock.now, Renderer: closed, Workers: 1})
	m := imaginator.Engine.Method("generate_image_with_references")
	drawn := r.create(m.Name, body(m, "image_base64_list", []string{blankPNG, blankPNG}))
	waiting := r.create("generate_video", `{"prompt":"waiting","aspect_ratio":"portrait"}`)
	before := <-closed.started
	if got := r.task(finished.ID); got.ResultURL != finished.ResultURL || *got.Prompt != "done" || !got.CompletedAt.Equal(finished.CompletedAt) {
		t.Errorf("after a restart %+v, want %+v", got, finished)
	}

	open := newGate()
	close(open.open)
	r = r.reopen(Options{DataDir: dir, Clock: clock.now, Renderer: open, Workers: 1})
	again := <-open.started
	if again.Seed != before.Seed || again.Text("prompt") != before.Text("prompt") || len(again.Images["references"]) != 2 || !again.Caption {
		t.Errorf("drawn again as %+v, was %+v", again, before)
	}
	if job := <-open.started; job.Text("prompt") != "waiting" || job.Text("aspect_ratio") != "portrait" {
		t.Errorf("the second is %+v", job)
	}
	for _, id := range []string{drawn.TaskID, waiting.TaskID} {
		if task := r.wait(id); task.Status != imaginator.StatusCompleted {
			t.Errorf("task %+v", task)
		}
	}
	if rep := r.do("GET", strings.TrimPrefix(finished.ResultURL, testBase), ""); rep.status != 200 || string(rep.body) != string(result.body) {
		t.Errorf("result after restarts: %d, %d bytes", rep.status, len(rep.body))
	}
	if rep := r.do("POST", apiPath+"generate_image", `{"prompt":"done"}`, once...); string(rep.body) != string(done.body) {
		t.Errorf("the same request after restarts: %s, was %s", rep.body, done.body)
	}
	if q := r.quota(); q.Images.UsedThisHour != 3 || q.Videos.UsedThisHour != 1 || q.Images.ActiveTasks != 0 {
		t.Errorf("usage after restarts: %+v", q)
	}
	clock.advance(time.Hour)
	if q := r.quota(); q.Images.UsedThisHour != 0 || q.Videos.UsedThisHour != 0 {
		t.Errorf("an hour later: %+v", q)
	}
	var ids []string
	for _, task := range data[imaginator.TaskPage](t, r.do("GET", apiPath+"tasks", "")).Tasks {
		ids = append(ids, task.ID)
	}
	if want := []string{waiting.TaskID, drawn.TaskID, finished.ID}; !slices.Equal(ids, want) {
		t.Errorf("list %v, want %v", ids, want)
	}
}

// TestIDsAreNeverUsedTwice: not after all tasks were forgotten, and not by a
// new server at the same address.
func TestIDsAreNeverUsedTwice(t *testing.T) {
	t.Parallel()
	dir, clock := t.TempDir(), newFakeClock()
	r := newRig(t, Options{DataDir: dir, Clock: clock.now})
	first := r.wait(r.image().TaskID)
	clock.advance(taskTTL + time.Hour)
	r.server.sweep()
	wantError(t, r.do("GET", apiPath+"task/"+first.ID, ""), 404, imaginator.CodeTaskNotFound, "")
	r = r.reopen(Options{DataDir: dir, Clock: clock.now})
	wantError(t, r.do("GET", apiPath+"task/"+first.ID, ""), 404, imaginator.CodeTaskNotFound, "")
	if next := r.image().TaskID; next <= first.ID {
		t.Errorf("id %s after %s", next, first.ID)
	}
	if other := newRig(t, Options{}).image().TaskID; other == first.ID {
		t.Errorf("a server without a past gives out %s, too", other)
	}
}

func TestOneServerADirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	newRig(t, Options{DataDir: dir})
	if _, err := New(Options{DataDir: dir}); err == nil || !strings.Contains(err.Error(), "another server") {
		t.Errorf("a second server: %v", err)
	}
}

// TestDamagedDatabase: it is an error, never an empty start.
func TestDamagedDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "studio.db"), []byte(strings.Repeat("no database ", 4096)), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := New(Options{DataDir: dir}); err == nil {
		s.Close()
		t.Error("a damaged database is taken for an empty one")
	}
}

// TestLeftoversAreRemoved: files that a kill left without a task go at start.
func TestLeftoversAreRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRig(t, Options{DataDir: dir})
	task := r.wait(r.image().TaskID)
	for _, name := range []string{"results/tmp-123", "results/" + unguessable() + ".png", "inputs/" + unguessable()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r = r.reopen(Options{DataDir: dir})
	if rep := r.do("GET", strings.TrimPrefix(task.ResultURL, testBase), ""); rep.status != http.StatusOK {
		t.Errorf("the result: %d", rep.status)
	}
	var left []string
	for _, sub := range []string{"results", "inputs"} {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			left = append(left, e.Name())
		}
	}
	if len(left) != 1 {
		t.Errorf("files left: %v", left)
	}
}

// killedDir is the environment variable that makes this test binary a server.
const killedDir = "STUDIO_TEST_SERVE_IN"

// TestSurvivesKill kills a server in another process while it confirms tasks,
// and finds every task that was confirmed.
func TestSurvivesKill(t *testing.T) {
	if dir := os.Getenv(killedDir); dir != "" {
		serveUntilKilled(dir)
		return
	}
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestSurvivesKill$")
	cmd.Env = append(os.Environ(), killedDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var confirmed []string
	for lines := bufio.NewScanner(out); lines.Scan() && len(confirmed) < 200; {
		if id, ok := strings.CutPrefix(lines.Text(), "confirmed "); ok {
			confirmed = append(confirmed, id)
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	if len(confirmed) < 200 {
		t.Fatalf("the server confirmed only %d tasks", len(confirmed))
	}
	r := newRig(t, Options{DataDir: dir})
	for _, id := range confirmed {
		task := r.wait(id)
		if task.Status != imaginator.StatusCompleted {
			t.Errorf("task %+v", task)
		}
		if rep := r.do("GET", strings.TrimPrefix(task.ResultURL, testBase), ""); rep.status != http.StatusOK || len(rep.body) == 0 {
			t.Errorf("result of %s: %d, %d bytes", id, rep.status, len(rep.body))
		}
	}
	if q := r.quota(); q.Images.UsedThisHour < len(confirmed) {
		t.Errorf("usage %+v after %d tasks", q, len(confirmed))
	}
}

// serveUntilKilled creates tasks with inputs and prints those that were
// confirmed, as fast as it can.
func serveUntilKilled(dir string) {
	key := NewKey("tester", testSecret)
	key.ConcurrentLimit = 1 << 30
	key.HourlyImageCredits = 1 << 30
	s, err := New(Options{DataDir: dir, Keys: Keys{key}, Renderer: blank{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: enginetest.HandlerTransport(s)}
	m := imaginator.Engine.Method("generate_recipe")
	for range 100_000 {
		req, err := http.NewRequest("POST", testBase+apiPath+m.Name, strings.NewReader(body(m)))
		if err != nil {
			fmt.Println(err)
			return
		}
		req.Header.Set("X-API-Key", testSecret)
		req.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		id, err := createdID(resp)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("confirmed", id)
	}
}

// TestFailureSurvivesRestart: a failed task stays failed and refunded, and one
// that was doomed when it was accepted fails after the restart, too.
func TestFailureSurvivesRestart(t *testing.T) {
	t.Parallel()
	dir, clock := t.TempDir(), newFakeClock()
	o := Options{DataDir: dir, Clock: clock.now, FailRate: 1}
	r := newRig(t, o)
	failed := r.wait(r.image().TaskID)
	o.Latency = time.Minute
	r = r.reopen(o)
	doomed := r.image().TaskID
	clock.advance(time.Hour - time.Second)
	r = r.reopen(Options{DataDir: dir, Clock: clock.now})
	if task := r.wait(doomed); task.Status != imaginator.StatusFailed {
		t.Errorf("the doomed task %+v", task)
	}
	if task := r.task(failed.ID); task.Status != imaginator.StatusFailed || task.Error != failed.Error || !task.CompletedAt.Equal(failed.CompletedAt) {
		t.Errorf("the failed task %+v, was %+v", task, failed)
	}
	if q := r.quota(); q.Images.UsedThisHour != 0 || q.Images.ActiveTasks != 0 {
		t.Errorf("usage %+v", q)
	}
}

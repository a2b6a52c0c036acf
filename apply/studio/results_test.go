package studio

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
)

// result creates a task, waits for it and returns the path of its result.
func (r *rig) result(name, text string) string {
	r.t.Helper()
	task := r.wait(r.create(name, text).TaskID)
	if task.Status != imaginator.StatusCompleted {
		r.t.Fatalf("task %+v", task)
	}
	return strings.TrimPrefix(task.ResultURL, testBase)
}

// TestResultHeaders: no key is needed; type, length, ETag and Range are those
// of HTTP. In memory and on disk.
func TestResultHeaders(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"", t.TempDir()} {
		r := newRig(t, Options{DataDir: dir})
		path := r.result("generate_image", `{"prompt":"x"}`)
		rep := r.do("GET", path, "", "X-API-Key", "")
		if rep.status != 200 || rep.header.Get("Content-Type") != "image/png" ||
			rep.header.Get("X-Content-Type-Options") != "nosniff" || len(rep.body) < 60 {
			t.Errorf("%d %v, %d bytes", rep.status, rep.header, len(rep.body))
		}
		if _, err := png.Decode(bytes.NewReader(rep.body)); err != nil {
			t.Error(err)
		}
		tag := rep.header.Get("ETag")
		if got := r.do("GET", path, "", "If-None-Match", tag); got.status != http.StatusNotModified || tag == "" {
			t.Errorf("If-None-Match %q: %d", tag, got.status)
		}
		part := r.do("GET", path, "", "Range", "bytes=10-19", "If-Range", tag)
		if part.status != http.StatusPartialContent || !bytes.Equal(part.body, rep.body[10:20]) {
			t.Errorf("range: %d %q", part.status, part.body)
		}
		if got := r.do("GET", path, "", "Range", "bytes=10000-"); got.status != http.StatusRequestedRangeNotSatisfiable {
			t.Errorf("range beyond the end: %d", got.status)
		}
		head := r.do("HEAD", path, "")
		if head.status != 200 || len(head.body) != 0 || head.header.Get("Content-Length") != rep.header.Get("Content-Length") {
			t.Errorf("HEAD: %d %v", head.status, head.header)
		}
		wantError(t, r.do("GET", path+".png", ""), 404, imaginator.CodeTaskNotFound, "")
		wantError(t, r.do("GET", path[:len(path)-1], ""), 404, imaginator.CodeTaskNotFound, "")
		wantError(t, r.do("POST", path, "{}"), 405, imaginator.CodeInvalidRequest, "use GET")
	}
}

// TestResultsExpire to the instant, with 410, and their files are removed.
func TestResultsExpire(t *testing.T) {
	t.Parallel()
	clock, dir := newFakeClock(), t.TempDir()
	r := newRig(t, Options{Clock: clock.now, ResultTTL: time.Hour, DataDir: dir})
	m := imaginator.Engine.Method("generate_video_from_image")
	path := r.result(m.Name, body(m))
	clock.advance(time.Hour - time.Second)
	r.server.sweep()
	if rep := r.do("GET", path, ""); rep.status != 200 {
		t.Errorf("before its time is over: %d", rep.status)
	}
	if rep := r.do("GET", path, "", "Accept", "video/webm"); rep.status != 200 {
		t.Errorf("WebM: %d", rep.status)
	}
	clock.advance(time.Second)
	wantError(t, r.do("GET", path, ""), http.StatusGone, imaginator.CodeTaskNotFound, "expired")
	clock.advance(time.Second)
	r.server.sweep()
	wantError(t, r.do("GET", path, ""), http.StatusGone, imaginator.CodeTaskNotFound, "expired")
	if left, err := r.server.blobs.(dirBlobs).leftovers(nil); err != nil || len(left) != 0 {
		t.Errorf("files left: %v, %v", left, err)
	}
}

// TestLostFile: a result whose file someone removed is gone, no server error.
func TestLostFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRig(t, Options{DataDir: dir})
	path := r.result("generate_image", `{"prompt":"x"}`)
	if err := os.RemoveAll(dir + path + ".png"); err != nil {
		t.Fatal(err)
	}
	wantError(t, r.do("GET", path, ""), http.StatusGone, imaginator.CodeTaskNotFound, "")
}

// counting counts what it draws.
type counting struct{ png, mp4, webm atomic.Int32 }

func (c *counting) Render(ctx context.Context, w io.Writer, job sketch.Job, f sketch.Format) error {
	switch f {
	case sketch.PNG:
		c.png.Add(1)
	case sketch.MP4:
		c.mp4.Add(1)
	case sketch.WebM:
		c.webm.Add(1)
		if len(job.Images["image"]) != 1 || job.Params["loop"] != true {
			panic("the inputs of the video are gone")
		}
		time.Sleep(20 * time.Millisecond)
	}
	return blank{}.Render(ctx, w, job, f)
}

// TestWebM is drawn when it is asked for, once.
func TestWebM(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"", t.TempDir()} {
		c := &counting{}
		r := newRig(t, Options{Renderer: c, DataDir: dir})
		m := imaginator.Engine.Method("generate_video_from_image")
		path := r.result(m.Name, body(m, "loop_video", true))
		mp4 := r.do("GET", path, "", "Accept", "video/webm;q=0.9, video/*")
		if mp4.header.Get("Content-Type") != "video/mp4" || c.webm.Load() != 0 {
			t.Errorf("a client that takes MP4 gets %s", mp4.header.Get("Content-Type"))
		}
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				rep, err := r.try("GET", path, "", "Accept", "video/webm")
				if err != nil || rep.status != 200 || rep.header.Get("Content-Type") != "video/webm" || rep.header.Get("ETag") == mp4.header.Get("ETag") {
					t.Errorf("%d %v %v", rep.status, rep.header, err)
				}
			})
		}
		group.Wait()
		if c.webm.Load() != 1 || c.mp4.Load() != 1 {
			t.Errorf("drawn %d times as WebM, %d as MP4", c.webm.Load(), c.mp4.Load())
		}
		image := r.result("generate_image", `{"prompt":"x"}`)
		if rep := r.do("GET", image, "", "Accept", "video/webm"); rep.header.Get("Content-Type") != "image/png" {
			t.Errorf("an image comes as %s", rep.header.Get("Content-Type"))
		}
	}
}

func TestWantsWebM(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{
		"": false, "*/*": false, "video/mp4": false, "video/webm": true, "VIDEO/WEBM": true,
		"video/webm, video/mp4": false, "video/webm, video/mp4;q=0": true, "video/webm;q=0": false,
		"video/webm;q=0.5": true, "video/webm, */*;q=0.1": false, "video/webm, */*;q=0.0": true,
		"video/webm,,;": true,
	} {
		if got := wantsWebM([]string{accept}); got != want {
			t.Errorf("%q: %v", accept, got)
		}
	}
}

// TestRenderFailures: an error or a panic fails its task and nothing else.
func TestRenderFailures(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Renderer: explosive{}, DataDir: t.TempDir()})
	for prompt, words := range map[string]string{"error": "no paint", "panic": "cannot be drawn"} {
		task := r.wait(r.create("generate_image", `{"prompt":"`+prompt+`"}`).TaskID)
		if task.Status != imaginator.StatusFailed || !strings.Contains(task.ErrorMessage, words) {
			t.Errorf("%s: %+v", prompt, task)
		}
	}
	r.result("generate_image", `{"prompt":"fine"}`)
	if left, err := r.server.blobs.(dirBlobs).leftovers(nil); err != nil || len(left) != 1 {
		t.Errorf("files: %v, %v", left, err)
	}
}

// explosive fails as its prompt says.
type explosive struct{}

func (explosive) Render(ctx context.Context, w io.Writer, job sketch.Job, f sketch.Format) error {
	switch job.Text("prompt") {
	case "error":
		io.WriteString(w, "half")
		return errors.New("no paint")
	case "panic":
		panic("bang")
	}
	return blank{}.Render(ctx, w, job, f)
}

// TestMemoryIsBounded: without a data directory the oldest results go, and
// inputs for which there is no room are refused without being charged.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Keys: Keys{plenty()}})
	b := newMemoryBlobs(1000)
	r.server.blobs = b
	var paths []string
	for range 30 {
		paths = append(paths, r.result("generate_image", `{"prompt":"x"}`))
	}
	if n, size := heldIn(b); size > 1000 || n < 5 {
		t.Errorf("%d bytes in %d blobs", size, n)
	}
	wantError(t, r.do("GET", paths[0], ""), http.StatusGone, imaginator.CodeTaskNotFound, "")
	if rep := r.do("GET", paths[29], ""); rep.status != 200 {
		t.Errorf("the newest: %d", rep.status)
	}
	m := imaginator.Engine.Method("generate_recipe")
	b.mu.Lock()
	b.most = 10
	b.mu.Unlock()
	before := r.quota().Images.UsedThisHour
	wantError(t, r.do("POST", apiPath+m.Name, body(m)), 429, imaginator.CodeConcurrentLimitExceeded, "input images")
	if after := r.quota(); after.Images.UsedThisHour != before || after.Images.ActiveTasks != 0 {
		t.Errorf("quota %+v", after)
	}
}

// TestForgetting: old tasks and those for which there is no room are forgotten
// oldest first; what they cost still counts.
func TestForgetting(t *testing.T) {
	t.Parallel()
	clock := newFakeClock()
	r := newRig(t, Options{Keys: Keys{plenty()}, Clock: clock.now})
	var ids []string
	for range 10 {
		ids = append(ids, r.wait(r.image().TaskID).ID)
		clock.advance(10 * time.Minute)
	}
	g := r.server.register
	old := g.oldest(clock.now().Add(-taskTTL), g.size*8/10)
	if len(old) != 2 || old[0].taskID() != ids[0] || old[1].taskID() != ids[1] {
		t.Errorf("two too many: %d", len(old))
	}
	if old = g.oldest(clock.now().Add(-50*time.Minute), g.size); len(old) != 5 {
		t.Errorf("%d finished more than 50 minutes ago, not 5", len(old))
	}
	used := r.quota().Images.UsedThisHour
	for _, id := range ids {
		n, err := strconv.ParseUint(id, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		g.forget(n)
	}
	if q := r.quota(); q.Images.UsedThisHour != used || used != 5 {
		t.Errorf("used %d, then %d", used, q.Images.UsedThisHour)
	}
	if g.size != 0 || len(g.tasks) != 0 || len(g.results) != 0 {
		t.Errorf("left: %d bytes, %d tasks, %d results", g.size, len(g.tasks), len(g.results))
	}
}

// A link in the data directory is refused before anything is removed where it
// leads.
func TestDataDirectoryLinks(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"results", "inputs", "studio.db"} {
		dir, victim := t.TempDir(), t.TempDir()
		precious := filepath.Join(victim, "precious")
		if err := os.WriteFile(precious, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		target := victim
		if name == "studio.db" {
			target = precious
		}
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip("no symbolic links here")
		}
		if s, err := New(Options{DataDir: dir}); err == nil {
			s.Close()
			t.Errorf("%s is a link, and a server uses it", name)
		}
		if info, err := os.Stat(precious); err != nil || info.Size() != 0 {
			t.Errorf("%s is a link: where it leads: %v", name, err)
		}
	}
}

// A prompt that must not be read stands on no picture, after a restart either.
func TestUnwrittenPrompt(t *testing.T) {
	t.Parallel()
	dir, closed := t.TempDir(), newGate()
	r := newRig(t, Options{DataDir: dir, Renderer: closed, Workers: 1})
	r.create("generate_image", `{"prompt":"A castle"}`, imaginator.HeaderCaption, imaginator.CaptionNone)
	if job := <-closed.started; job.Caption {
		t.Errorf("drawn as %+v", job)
	}
	open := newGate()
	close(open.open)
	r = r.reopen(Options{DataDir: dir, Renderer: open, Workers: 1})
	if job := <-open.started; job.Caption {
		t.Errorf("drawn again as %+v", job)
	}
	r.create("generate_image", `{"prompt":"A castle"}`)
	if job := <-open.started; !job.Caption {
		t.Errorf("without the header drawn as %+v", job)
	}
}

package drawing

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// playScript plays a film to its end at four times the speed and reports its
// measures, how many frames were shown broken, and how much its first and last
// picture differ.
const playScript = `new Promise((done, fail) => {
	const v = document.createElement("video");
	v.muted = true;
	v.src = %q;
	document.body.append(v);
	const look = () => {
		const c = document.createElement("canvas");
		c.width = 64; c.height = 64;
		const g = c.getContext("2d");
		g.drawImage(v, 0, 0, 64, 64);
		return g.getImageData(0, 0, 64, 64).data;
	};
	v.onerror = () => fail(new Error(v.error.message));
	v.onloadeddata = async () => {
		const first = look();
		v.playbackRate = 4;
		v.onended = () => {
			const last = look();
			let sum = 0;
			for (let i = 0; i < first.length; i++) sum += Math.abs(first[i] - last[i]);
			const q = v.getVideoPlaybackQuality();
			done({w: v.videoWidth, h: v.videoHeight, seconds: v.duration, broken: q.corruptedVideoFrames, change: sum});
		};
		await v.play();
	};
})`

// TestChromiumPlays plays every kind of film in a browser.
func TestChromiumPlays(t *testing.T) {
	withoutRace(t)
	if testing.Short() {
		t.Skip("starts a browser")
	}
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("no Chromium is installed; TestMP4 and TestWebM decode the same files in Go")
	}
	a, b := testImages()
	type film struct {
		r     Request
		write func(context.Context, io.Writer, Request) error
		media string
	}
	films := map[string]film{
		"video":      {Request{Method: MethodVideo, Prompt: "A dragon over mountains"}, MP4, "video/mp4"},
		"portrait":   {Request{Method: MethodVideo, Prompt: "A city in snow", Aspect: "portrait"}, MP4, "video/mp4"},
		"image":      {Request{Method: MethodVideoFromImage, Prompt: "breathes", Image: a}, MP4, "video/mp4"},
		"transition": {Request{Method: MethodVideoTransition, Prompt: "opens", Start: a, End: b}, MP4, "video/mp4"},
		"reference":  {Request{Method: MethodVideoReference, Prompt: "walks", References: []image.Image{b}}, MP4, "video/mp4"},
		"webm":       {webmRequest, nil, "video/webm"},
	}
	if !long {
		maps.DeleteFunc(films, func(name string, _ film) bool { return name != "image" && name != "webm" })
	}
	inWebM, err := webmFilm()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"/webm": inWebM}
	for name, f := range films {
		if f.write == nil {
			continue
		}
		var data bytes.Buffer
		if err := f.write(t.Context(), &data, f.r); err != nil {
			t.Fatal(err)
		}
		files["/"+name] = data.Bytes()
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if data, ok := files[req.URL.Path]; ok {
			w.Header().Set("Content-Type", films[req.URL.Path[1:]].media)
			http.ServeContent(w, req, "", time.Time{}, bytes.NewReader(data))
			return
		}
		fmt.Fprint(w, "<!doctype html><body></body>")
	}))
	defer server.Close()

	ctx, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.Flag("autoplay-policy", "no-user-gesture-required"))...)
	defer stop()
	ctx, stopTab := chromedp.NewContext(ctx)
	defer stopTab()
	if _, err := chromedp.Run(ctx, chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	for name, f := range films {
		film, stop := context.WithTimeout(ctx, 2*time.Minute)
		got, err := chromedp.Run(film, chromedp.Evaluate[playback](fmt.Sprintf(playScript, "/"+name), chromedp.EvalAwaitPromise))
		stop()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		w, h := size(f.r.Method, f.r.Aspect)
		if got.W != w || got.H != h || got.Seconds != 4 || got.Broken != 0 || got.Change == 0 {
			t.Errorf("%s plays as %+v, want %d by %d for 4 seconds", name, got, w, h)
		}
	}
}

// playback is what playScript reports.
type playback struct {
	W, H, Broken    int
	Seconds, Change float64
}

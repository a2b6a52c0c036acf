package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
	"assetform/apply/remote/claim"
	"assetform/apply/studio"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/pflag"
)

// The test binary is the real program as well: under the name assetform it
// runs main. Under the race detector it would sleep for a second at each exit.
//
// More scripts run beside each other than there are processors: many wait, for
// servers that take their time.
func TestMain(m *testing.M) {
	os.Setenv("GORACE", "atexit_sleep_ms=0") // it cannot fail
	claim.TestOnlyExpiry = 4 * time.Second
	testscript.Main(scripts{m}, map[string]func(){"assetform": main})
}

// scripts are the tests; assetform itself, which runs as a script's command, has
// none of their flags.
type scripts struct{ *testing.M }

func (s scripts) Run() int {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		flag.Set("test.parallel", strconv.Itoa(runtime.GOMAXPROCS(0)+4)) // it cannot fail
	}
	return s.M.Run()
}

// TestScripts holds what a user sees of the command line. Beside testscript's
// own commands the scripts have:
//
//	exits CODE PROGRAM ARGS...    run it, expect exactly that exit code
//	server [FLAGS]                start a studio over TCP; sets $BASE_URL, $ORIGIN, var.url, $KEY,
//	                              and allows it; --other: a second one, $OTHER_URL, $OTHER_ORIGIN
//	ledger N                      tasks that the server accepted: what was paid
//	requests [other] N            requests of any kind that reached it, or the second one
//	until N [PATTERN FILE]        wait until so many tasks were accepted, or
//	                              the pattern is so often in the file, or the
//	                              files that the name is a pattern of
//	attached NAME N               sets $NAME to the id of the N-th accepted task
//	png, jpg FILE WxH COLOUR      write a picture of one colour (rrggbb)
//	json FILE PATH VALUE          look into JSON; see jsonAt
//	replace FILE OLD NEW          edit a file
//	web DIR TOKEN                 serve a directory to whoever has the token, reading and writing;
//	                              sets $WEB_URL; see webDirectory
//	spoil HOW DIR                 damage every file below a directory; see cmdSpoil
//	flat FILE                     what a diagnostic says, as one line in flat.txt
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, scriptsIn("script"))
}

// scriptsIn are the scripts of a directory and their commands.
func scriptsIn(dir string) testscript.Params {
	return testscript.Params{
		Dir:                 filepath.Join("examples", "testdata", dir),
		UpdateScripts:       os.Getenv("ASSETFORM_UPDATE_SCRIPTS") != "",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, "HOME="+env.WorkDir+"/.home", "GIT_CONFIG_NOSYSTEM=1", "NO_COLOR=1", "GORACE="+os.Getenv("GORACE"),
				"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
			env.Values[ledgerKey{}], env.Values[otherKey{}] = new(paidServer), new(paidServer)
			return os.Mkdir(filepath.Join(env.WorkDir, ".home"), 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": cmdExits, "server": cmdServer, "ledger": cmdLedger, "requests": cmdRequests, "until": cmdUntil,
			"attached": cmdAttached, "png": cmdPicture, "jpg": cmdPicture, "json": cmdJSON, "replace": cmdReplace, "spoil": cmdSpoil, "web": cmdWeb, "flat": cmdFlat,
			"remote": cmdRemote, "remote-read": cmdRemoteRead,
		},
	}
}

type ledgerKey struct{}
type otherKey struct{}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("run %s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// cmdServer starts a server. A second call replaces the first, which closes.
func cmdServer(ts *testscript.TestScript, neg bool, args []string) {
	s, origin, names := ts.Value(ledgerKey{}).(*paidServer), "ORIGIN", []string{"BASE_URL", "ASSETFORM_VAR_url", "IMAGINATOR_BASE_URL"}
	o, err := parseServerFlags(args)
	ts.Check(err)
	if o.other {
		s, origin, names = ts.Value(otherKey{}).(*paidServer), "OTHER_ORIGIN", []string{"OTHER_URL"}
	}
	s.stop()
	ts.Check(s.start(o))
	ts.Defer(s.stop)
	for _, name := range names {
		ts.Setenv(name, s.base())
	}
	ts.Setenv(origin, s.http.URL)
	ts.Setenv("KEY", testKey)
}

func cmdLedger(ts *testscript.TestScript, neg bool, args []string) {
	expect(ts, neg, "tasks were paid for", len(ts.Value(ledgerKey{}).(*paidServer).tasks()), args[0])
}

func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(ledgerKey{}).(*paidServer)
	if args[0] == "other" {
		s, args = ts.Value(otherKey{}).(*paidServer), args[1:]
	}
	expect(ts, neg, "requests arrived", int(s.requests.Load()), args[0])
}

func expect(ts *testscript.TestScript, neg bool, what string, got int, want string) {
	if (strconv.Itoa(got) == want) == neg {
		ts.Fatalf("%d %s, want %s", got, what, want)
	}
}

func cmdUntil(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	count := func() int { return len(ts.Value(ledgerKey{}).(*paidServer).tasks()) }
	if len(args) == 3 {
		pattern := regexp.MustCompile(args[1])
		count = func() (n int) {
			if dir, ok := strings.CutPrefix(args[2], "remote:"); ok {
				return len(pattern.FindAll(ts.Value(remoteKey{}).(*remoteScript).text(dir), -1))
			}
			names, _ := filepath.Glob(ts.MkAbs(args[2])) // none is there yet
			for _, name := range names {
				b, _ := os.ReadFile(name)
				n += len(pattern.FindAll(b, -1))
			}
			return n
		}
	}
	for start := time.Now(); count() < want; time.Sleep(5 * time.Millisecond) {
		if time.Since(start) > 2*time.Minute {
			ts.Fatalf("after 2 min there are %d, not %d", count(), want)
		}
	}
}

func cmdAttached(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Setenv(args[0], ts.Value(ledgerKey{}).(*paidServer).tasks()[n-1].ID)
}

func cmdPicture(ts *testscript.TestScript, neg bool, args []string) {
	var w, h int
	var c color.RGBA
	_, err := fmt.Sscanf(args[1], "%dx%d", &w, &h)
	ts.Check(err)
	_, err = fmt.Sscanf(args[2], "%02x%02x%02x", &c.R, &c.G, &c.B)
	ts.Check(err)
	c.A = 255
	name := ts.MkAbs(args[0])
	content := picture(w, h, c, filepath.Ext(name))
	if len(args) > 3 { // a JPEG, displayed as its EXIF says
		turned, err := strconv.ParseUint(args[3], 10, 8)
		ts.Check(err)
		exif := "\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string([]byte{byte(turned)}) + "\x00\x00\x00\x00\x00\x00"
		content = slices.Insert(content, 2, []byte(exif)...)
	}
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
	ts.Check(os.WriteFile(name, content, 0o644))
}

// picture is an image of one colour.
func picture(w, h int, c color.RGBA, ext string) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < len(img.Pix); i += 4 {
		copy(img.Pix[i:], []byte{c.R, c.G, c.B, c.A})
	}
	var b bytes.Buffer
	if ext == ".jpg" || ext == ".jpeg" {
		jpeg.Encode(&b, img, nil) // into memory
	} else {
		png.Encode(&b, img)
	}
	return b.Bytes()
}

func cmdReplace(ts *testscript.TestScript, neg bool, args []string) {
	old := ts.ReadFile(args[0])
	if !strings.Contains(old, args[1]) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(old, args[1], args[2])), 0o644))
}

// cmdFlat undoes the wrapping of diagnostics, so that a script can look for
// a sentence.
func cmdFlat(ts *testscript.TestScript, neg bool, args []string) {
	text := regexp.MustCompile(`[│╷╵|\s]+`).ReplaceAllString(ts.ReadFile(args[0]), " ")
	ts.Check(os.WriteFile(ts.MkAbs("flat.txt"), []byte(text+"\n"), 0o644))
}

func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	var doc any
	if text := ts.ReadFile(args[0]); json.Unmarshal([]byte(text), &doc) != nil {
		// JSON lines are an array.
		lines := strings.Split(strings.TrimSpace(text), "\n")
		ts.Check(json.Unmarshal([]byte("["+strings.Join(lines, ",")+"]"), &doc))
	}
	got, err := jsonAt(doc, args[1])
	ts.Check(err)
	if (got == args[2]) == neg {
		ts.Fatalf("%s is\n\t%s\nwant\n\t%s", args[1], got, args[2])
	}
}

// jsonAt finds a value by a path such as "changes/address=image.a/cost". A
// step is a key, an index, KEY=VALUE for the first object in an array that
// has it, or len. The result is compact JSON, texts without
// quotes, and "<none>" where there is nothing.
func jsonAt(v any, path string) (string, error) {
	for step := range strings.SplitSeq(path, "/") {
		switch at := v.(type) {
		case map[string]any:
			if step == "len" {
				return strconv.Itoa(len(at)), nil
			}
			value, ok := at[step]
			if !ok {
				return "<none>", nil
			}
			v = value
		case []any:
			if step == "len" {
				return strconv.Itoa(len(at)), nil
			}
			i, err := strconv.Atoi(step)
			if key, want, ok := strings.Cut(step, "="); ok {
				i, err = slices.IndexFunc(at, func(e any) bool {
					o, _ := e.(map[string]any)
					return o != nil && fmt.Sprint(o[key]) == want
				}), nil
			}
			if err != nil {
				return "", fmt.Errorf("step %q of %q into an array", step, path)
			}
			if i < 0 || i >= len(at) {
				return "<none>", nil
			}
			v = at[i]
		default:
			return "<none>", nil
		}
	}
	if s, ok := v.(string); ok {
		return s, nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// hue is a colour that differs with the text.
func hue(text string) color.RGBA {
	sum := sha256.Sum256([]byte(text))
	return color.RGBA{sum[0], sum[1], sum[2], 255}
}

// The secrets of two keys of one account: one for the program under test, one
// for the ledger, which no limit meets.
const (
	testKey  = "ak-test-3f9c2b7e51d84a06"
	auditKey = "ak-audit-90d1c57be3a2486f"
)

// serverFlags are the flags of the script command server.
type serverFlags struct {
	faults                     []studio.Fault
	latency                    time.Duration
	concurrent, credits, video int
	other                      bool // is the second one
	foreign                    bool // knows no Idempotency-Key and is not the studio, as far as a client can see
	noList                     bool // has no list of tasks
	html                       bool // answers everything with a page
	blank                      bool // every picture is the same
	subject                    bool // every picture shows a square on white, not one colour alone
	noLicense, disabled        bool
}

func parseServerFlags(args []string) (serverFlags, error) {
	var o serverFlags
	fs := pflag.NewFlagSet("server", pflag.ContinueOnError)
	faults := fs.StringArray("fault", nil, "")
	fs.DurationVar(&o.latency, "latency", 0, "")
	fs.IntVar(&o.concurrent, "concurrent", studio.DefaultConcurrentLimit, "")
	fs.IntVar(&o.credits, "credits", studio.DefaultHourlyImageCredits, "")
	fs.IntVar(&o.video, "videos", studio.DefaultHourlyVideos, "")
	fs.BoolVar(&o.other, "other", false, "")
	fs.BoolVar(&o.foreign, "foreign", false, "")
	fs.BoolVar(&o.noList, "no-list", false, "")
	fs.BoolVar(&o.html, "html", false, "")
	fs.BoolVar(&o.blank, "blank", false, "")
	fs.BoolVar(&o.subject, "subject", false, "")
	fs.BoolVar(&o.noLicense, "no-license", false, "")
	fs.BoolVar(&o.disabled, "disabled", false, "")
	err := fs.Parse(args)
	for _, text := range *faults {
		f, faultErr := studio.ParseFault(text)
		o.faults, err = append(o.faults, f), errors.Join(err, faultErr)
	}
	return o, err
}

// paidServer is a studio over TCP that says what was paid for.
type paidServer struct {
	flags    serverFlags
	studio   *studio.Server
	http     *httptest.Server
	requests atomic.Int64
}

func (s *paidServer) start(o serverFlags) error {
	film, err := os.ReadFile(filepath.Join("apply", "media", "testdata", "film.mp4"))
	if err != nil {
		return err
	}
	key := studio.NewKey("tester", testKey)
	key.ConcurrentLimit, key.HourlyImageCredits, key.HourlyVideos = o.concurrent, o.credits, o.video
	key.License, key.Disabled = !o.noLicense, o.disabled
	s.studio, err = studio.New(studio.Options{
		Keys: studio.Keys{key, studio.NewKey("tester", auditKey)}, Latency: o.latency, Faults: o.faults, Renderer: stamp{film, o.blank, o.subject},
	})
	if err != nil {
		return err
	}
	s.flags = o
	s.requests.Store(0)
	s.http = httptest.NewServer(s)
	return nil
}

func (s *paidServer) stop() {
	if s.http == nil {
		return
	}
	s.http.CloseClientConnections()
	s.http.Close()
	s.studio.Close() // nothing of it is used again
	s.http, s.studio = nil, nil
}

func (s *paidServer) base() string { return s.http.URL + "/api/v1" }

// ServeHTTP takes from the studio what the flags say.
func (s *paidServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	health := s.flags.foreign && strings.HasSuffix(r.URL.Path, "/"+imaginator.PathHealth)
	switch {
	case s.flags.html:
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!DOCTYPE html><title>Sign in</title><h1>Welcome to the hotel network</h1>")
		return
	case health:
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"success":true,"data":{"status":"ok"}}`)
		return
	case s.flags.noList && strings.HasSuffix(r.URL.Path, "/"+imaginator.PathTasks):
		http.NotFound(w, r)
		return
	case s.flags.foreign:
		r.Header.Del(imaginator.HeaderIdempotencyKey)
	}
	s.studio.ServeHTTP(w, r)
}

// tasks are all tasks that the server has accepted, oldest first.
func (s *paidServer) tasks() []imaginator.Task {
	var all []imaginator.Task
	for page := 1; ; {
		r := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/api/v1/tasks?per_page=100&page=%d", page), nil)
		r.Header.Set(imaginator.HeaderAPIKey, auditKey)
		answer := httptest.NewRecorder()
		s.studio.ServeHTTP(answer, r)
		var list imaginator.Envelope[imaginator.TaskPage]
		if answer.Code != http.StatusOK || json.Unmarshal(answer.Body.Bytes(), &list) != nil {
			continue // a fault, which is for others
		}
		all = append(all, list.Data.Tasks...)
		if len(list.Data.Tasks) < 100 {
			slices.Reverse(all)
			return all
		}
		page++
	}
}

// stamp is a Renderer that takes no time: an image has one colour, which
// differs with the request, or shows a square of it; a film differs in its last
// box.
type stamp struct {
	film           []byte
	blank, subject bool
}

// Render writes the result.
func (s stamp) Render(_ context.Context, w io.Writer, job sketch.Job, f sketch.Format) error {
	id := fmt.Sprint(job.Method, job.Params, job.Seed, job.Images)
	if s.blank {
		id = ""
	}
	result := picture(16, 9, hue(id), ".png")
	if s.subject {
		result = square(hue(id))
	}
	if f != sketch.PNG {
		c := hue(id)
		result = append(slices.Clone(s.film), 0, 0, 0, 12, 'f', 'r', 'e', 'e', c.R, c.G, c.B, c.A)
	}
	_, err := w.Write(result)
	return err
}

// square is a picture that can be cut out: of a square of one colour on white.
func square(c color.RGBA) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(img, img.Rect.Inset(16), image.NewUniform(c), image.Point{}, draw.Src)
	var b bytes.Buffer
	png.Encode(&b, img) // into memory
	return b.Bytes()
}

// TestHelpFits80 holds every help text to 80 columns and two examples.
func TestHelpFits80(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands() {
		fs := newFlagSet(cmd.name)
		cmd.bind(fs)
		text := cmd.help(fs)
		checkWidth(t, cmd.name, text)
		_, examples, _ := strings.Cut(text, "\nExamples:\n")
		examples, _, _ = strings.Cut(examples, "\n\n")
		if n := strings.Count(examples, "assetform "); n < 2 {
			t.Errorf("help of %q has %d examples, want two", cmd.name, n)
		}
	}
	checkWidth(t, "assetform", overview())
}

func checkWidth(t *testing.T, name, text string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > helpWidth || strings.Contains(line, "\t") {
			t.Errorf("help of %s: more than %d columns, or a tab: %q", name, helpWidth, line)
		}
	}
}

package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/apply/graphics"
	"assetform/apply/journal"
	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"

	"github.com/spf13/pflag"
)

// settleProject is a project with three requests whose outcome is unknown:
// image.a with seed 1, image.b with seed 2, and image.gone, which is no more
// in the configuration. Its server lists what the test says.
type settleProject struct {
	t      *testing.T
	dir    string
	server *httptest.Server
	rows   []map[string]any // newest first
	asked  int              // requests that arrived
}

const settleSecret = "hunter2-falcon"

func newSettleProject(t *testing.T, rows ...map[string]any) *settleProject {
	t.Helper()
	p := &settleProject{t: t, dir: t.TempDir(), rows: rows}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	text := fmt.Sprintf(`
provider "imaginator" { base_url = "%s/api/v1" }
variable "codename" {
  sensitive = true
  default   = %q
}
image "a" {
  prompt = "A cat"
  seed   = 1
  output = "a.png"
}
image "b" {
  prompt = "A cat"
  seed   = 2
  output = "b.png"
}
`, p.server.URL, settleSecret)
	if err := os.WriteFile(filepath.Join(p.dir, "main.asset.hcl"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	j := p.journal()
	defer j.Close()
	for i, name := range []string{"image.a", "image.b", "image.gone"} {
		a, err := address.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		r := journal.Record{
			ID: name, State: journal.StateUnknown, Address: a, Provider: "imaginator", Origin: p.server.URL,
			Method: "generate_image", Kind: address.Image, InputsHash: lockfile.InputsHash{byte(i + 1)},
			Inputs: lockfile.Inputs{"prompt": lockfile.Text("A cat"), "seed": lockfile.Int(int64(i + 1))},
			Cost:   engine.Cost{"image_credits": i + 1}, Error: "the connection was lost\x1b[2J",
		}
		if err := j.Append(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (p *settleProject) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked++
	if r.URL.Path == "/cat.png" {
		img := image.NewGray(image.Rect(0, 0, 900, 300))
		img.Pix[0] = 1
		png.Encode(w, img)
		return
	}
	var data any
	switch path := strings.TrimPrefix(r.URL.Path, "/api/v1"); {
	case path == "/tasks":
		data = map[string]any{"tasks": p.rows, "total": len(p.rows), "page": 1, "per_page": 100}
	case strings.HasPrefix(path, "/task/"):
		for _, row := range p.rows {
			if row["task_id"] == strings.TrimPrefix(path, "/task/") {
				data = row
			}
		}
	}
	if data == nil {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"success":false,"error":{"code":"TASK_NOT_FOUND","message":"no such task"}}`)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"success": true, "data": data})
}

// row is a task that shows a seed, and hides its aspect ratio.
func row(id string, seed int) map[string]any {
	return map[string]any{"task_id": id, "status": "completed", "type": "image", "model": "imagen3.5", "prompt": "A cat", "seed": seed}
}

func (p *settleProject) journal() *journal.Journal {
	p.t.Helper()
	data, err := p.session("", false).data()
	if err != nil {
		p.t.Fatal(err)
	}
	j, err := journal.Open(data, journal.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	return j
}

// session is one with a terminal that types, or with a pipe.
func (p *settleProject) session(in string, terminal bool) *Session {
	p.t.Helper()
	null, err := os.Open(os.DevNull)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { null.Close() })
	s, err := NewSession(Process{
		Engines: all.Engines,
		Name:    "tasks settle", Version: "0.1.0", Chdir: p.dir, In: null, Out: null, Err: null,
		Environ: []string{"PATH=" + os.Getenv("PATH"), "IMAGINATOR_API_KEY=ak-1234567890", "IMAGINATOR_BASE_URL=" + p.server.URL + "/api/v1"},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	s.In, s.Asks = strings.NewReader(in), terminal
	return s
}

type settled struct {
	code     int
	out, err string
	states   string // of the requests, by their names
}

func (p *settleProject) settle(in string, terminal bool, args ...string) settled {
	p.t.Helper()
	s := p.session(in, terminal)
	var out, errs bytes.Buffer
	s.Out, s.Err = &out, &errs
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	run := TasksSettle(set)
	if err := set.Parse(args); err != nil {
		p.t.Fatal(err)
	}
	got := settled{code: run(context.Background(), s, set.Args())}
	flat := strings.NewReplacer("│", " ", "╷", " ", "╵", " ")
	got.out, got.err = out.String(), strings.Join(strings.Fields(flat.Replace(errs.String())), " ")
	j := p.journal()
	defer j.Close()
	var states []string
	for _, in := range j.Intents() {
		states = append(states, fmt.Sprintf("%s %s", in.ID, strings.TrimSpace(string(in.State)+" "+in.TaskID)))
	}
	got.states = strings.Join(states, ", ")
	if strings.ContainsRune(got.out+got.err, 0x1b) || strings.Contains(got.out+got.err, settleSecret) {
		p.t.Errorf("a server's words steer the terminal, or a secret is shown:\n%s%s", got.out, got.err)
	}
	return got
}

const allUnknown = "image.a unknown, image.b unknown, image.gone unknown"

func TestSettleDialog(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, in string
		terminal bool
		args     []string
		code     int
		states   string
		out, err string
	}{
		{"all ways", "a\nforget\nattach 12\n", false, nil, 0,
			"image.a attached 21, image.b forgotten, image.gone attached 12", "2 image credits may have been charged for the 1 request that was given up", ""},
		{"end of the answers", "ATT\n", false, nil, 5, "image.a attached 21, image.b unknown, image.gone unknown", "2 requests are still unsettled; 5 image credits", ""},
		{"nobody answers", "", false, nil, 5, allUnknown, "assetform tasks attach ADDR TASK_ID", ""},
		{"left", "leave\nl\nLEAVE\n", false, nil, 5, allUnknown, "3 requests are still unsettled", ""},
		{"a pipe's answer is for one request", "attach 777\nnonsense\nforget\n", false, nil, 5, "image.a unknown, image.b unknown, image.gone forgotten", "", "TASK_NOT_FOUND"},
		{"a terminal asks again", "attach 777\n\nattach\nforget me\nf\nforget\n", true, nil, 0,
			"image.a attached 21, image.b forgotten, image.gone forgotten", "Nothing is unsettled any more", "answer attach, attach TASK_ID, forget or leave"},
		{"one task for one request", "attach 21\nattach 21\nattach 22\n", false, nil, 5, "image.a attached 21, image.b unknown, image.gone unknown", "", "belongs to a request for image.a"},
		{"another's seed", "attach 22\n", false, nil, 5, allUnknown, "", "its seed differs"},
		{"input is off", "f\nf\nf\n", false, []string{"--input=false"}, 5, allUnknown, "", ""},
		{"likely", "", true, []string{"--accept-likely"}, 5, "image.a attached 21, image.b attached 22, image.gone unknown", "1 request is still unsettled; 3 image credits", ""},
		{"JSON asks nothing", "f\nf\nf\n", true, []string{"--json"}, 5, allUnknown, `"likely": "21"`, ""},
		{"forget all", "yes\n", false, []string{"--forget-all"}, 0, "image.a forgotten, image.b forgotten, image.gone forgotten", "6 image credits in all may have been charged", ""},
		{"forget all, no", "y\n", true, []string{"--forget-all"}, 5, allUnknown, "", "Nothing was done"},
		{"forget all, unasked", "", false, []string{"--forget-all", "--auto-approve", "--json"}, 0, "image.a forgotten, image.b forgotten, image.gone forgotten", `"open": []`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newSettleProject(t, row("22", 2), row("21", 1))
			if test.name == "all ways" { // two are as likely image.gone's, none is image.b's
				p.rows = []map[string]any{row("21", 1), row("12", 3), row("11", 3)}
			}
			got := p.settle(test.in, test.terminal, test.args...)
			if got.code != test.code || got.states != test.states {
				t.Errorf("code %d, requests %s; want %d, %s\n%s\n%s", got.code, got.states, test.code, test.states, got.out, got.err)
			}
			if !strings.Contains(got.out, test.out) || !strings.Contains(got.err, test.err) {
				t.Errorf("it says\n%s\n%s\nwant %q and %q", got.out, got.err, test.out, test.err)
			}
			if len(test.args) > 0 && test.args[0] == "--forget-all" && p.asked > 0 {
				t.Error("a server was asked")
			}
		})
	}
}

// TestSettleHostileList: what the server names its tasks can neither steer the
// terminal nor tell a secret, and two that are as likely are taken for none.
func TestSettleHostileList(t *testing.T) {
	t.Parallel()
	steering := row("31\u202e", 1)
	steering["status"] = "done\x1b]0;title\a\n::error::y"
	p := newSettleProject(t, steering, row("t-"+settleSecret, 2), row("33", 3), row("32", 3))
	got := p.settle("", false, "--json")
	var doc struct {
		Open []struct{ Address, Likely string }
	}
	if err := json.Unmarshal([]byte(got.out), &doc); err != nil || len(doc.Open) != 3 {
		t.Fatalf("no such document: %v\n%s", err, got.out)
	}
	if last := doc.Open[2]; last.Likely != "" || doc.Open[1].Likely == "" {
		t.Errorf("likely are %+v", doc.Open)
	}
	got = p.settle("", false)
	if !strings.Contains(got.out, "could be: task 32") || strings.Contains(got.out, "\n::") || strings.ContainsRune(got.out, '\u202e') {
		t.Errorf("it says\n%s", got.out)
	}
	got = p.settle("attach\nattach 33\nattach\n", false)
	if got.states != "image.a attached 31\u202e, image.b unknown, image.gone unknown" {
		t.Errorf("requests %s\n%s\n%s", got.states, got.out, got.err)
	}
	p.settle("", false, "--accept-likely")
	// A list that cannot be read leaves everything to the person.
	p.rows = append(p.rows, row("x\n", 1))
	got = p.settle("attach\n", false)
	if got.code != ExitUnknown || !strings.Contains(got.err, "the task list could not be read") {
		t.Errorf("code %d, it says\n%s\n%s", got.code, got.out, got.err)
	}
	if got = p.settle("forget\n", false); got.code != ExitDone || !strings.HasSuffix(got.states, "image.gone forgotten") {
		t.Errorf("code %d, requests %s", got.code, got.states)
	}
}

// TestSettleShowsPictures: the likely task's picture is shown small, as a PNG
// of our own making, and what is no picture is said to be none.
func TestSettleShowsPictures(t *testing.T) {
	t.Parallel()
	a, b := row("21", 1), row("22", 2)
	p := newSettleProject(t, b, a)
	a["result_url"], b["result_url"] = p.server.URL+"/cat.png", p.server.URL+"/api/v1/tasks"
	s := p.session("", false)
	var out, errs bytes.Buffer
	s.Out, s.Err = &out, &errs
	var f settleFlags
	f.bind(pflag.NewFlagSet("", pflag.ContinueOnError))
	f.sends = true
	var shown [][]byte
	code := withJournal(context.Background(), s.loader, &f.diskFlags, func(w *workspace, j *journal.Journal) int {
		st := newSettling(s, &f, w, j)
		st.pictures = func() graphics.Protocol {
			return func(picture []byte) string {
				shown = append(shown, picture)
				return "(picture)"
			}
		}
		return st.run(context.Background())
	})
	if code != ExitUnknown || len(shown) != 1 || strings.Count(out.String(), "(picture)") != 1 {
		t.Fatalf("code %d, %d pictures\n%s\n%s", code, len(shown), &out, &errs)
	}
	c, err := png.DecodeConfig(bytes.NewReader(shown[0]))
	if err != nil || c.Width != 256 || c.Height != 85 {
		t.Errorf("picture %+v, %v", c, err)
	}
	if !strings.Contains(errs.String(), "the server answered with JSON, not a file") {
		t.Errorf("it says\n%s", &errs)
	}
}

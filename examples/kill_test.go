package examples

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestKillUnderLies applies drawn projects with the real program against
// services that lie, kills it at random moments again and again, and lets it
// finish. Whatever happens: no request is charged twice, no asset has a picture
// of other inputs, no run spends more than its budget, and what may have been
// charged ends with exit code 5 until a person has looked into the service's
// ledger and settled it; then everything is there and was charged once.
//
// ASSETFORM_KILL_ROUNDS is the number of projects, and ASSETFORM_KILL_SEED what
// they are drawn from.
func TestKillUnderLies(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("it interrupts with signals")
	}
	projects, first := numberFrom(t, "ASSETFORM_KILL_ROUNDS", 6), numberFrom(t, "ASSETFORM_KILL_SEED", 1)
	bin := filepath.Join(buildProgram(t), "assetform")
	var sum killFigures
	t.Run("projects", func(t *testing.T) {
		for seed := first; seed < first+projects; seed++ {
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				newKillProject(t, bin, seed).play(&sum)
			})
		}
	})
	t.Logf("%d projects, %d kills of which %d before the end; %d tasks charged for %d needed; %d unknown outcomes settled by hand, %d projects ended with exit 5 first; %d runs refused for their budget",
		projects, sum.kills, sum.hits, sum.charged, sum.needed, sum.unknown, sum.stopped, sum.refused)
	if !t.Failed() && projects > 5 && (sum.hits == 0 || sum.unknown == 0 || sum.refused == 0) {
		t.Error("this has not tested what it should")
	}
}

func numberFrom(t *testing.T, variable string, otherwise uint64) uint64 {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

// binaries is the directory of the built assetform, or has what was said
// instead of building it.
var binaries, notBuilt string

// TestMain lets more tests run beside each other than there are processors:
// those that kill wait most of their time.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		flag.Set("test.parallel", strconv.Itoa(runtime.GOMAXPROCS(0)+4)) // it cannot fail
	}
	code := m.Run()
	os.RemoveAll(binaries)
	os.Exit(code)
}

var buildOnce = sync.OnceFunc(func() {
	dir, err := os.MkdirTemp("", "assetform-examples-")
	if err != nil {
		notBuilt = err.Error()
		return
	}
	binaries = dir
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "assetform"), ".")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		notBuilt = fmt.Sprintf("go build: %v\n%s", err, out)
	}
})

// buildProgram builds assetform, once, and returns its directory.
func buildProgram(t *testing.T) string {
	t.Helper()
	if buildOnce(); notBuilt != "" {
		t.Fatal(notBuilt)
	}
	return binaries
}

// killFigures are what kills came to.
type killFigures struct {
	mu                                                      sync.Mutex
	kills, hits, charged, needed, unknown, stopped, refused int
}

// killProject is one project beside one service.
type killProject struct {
	*testing.T
	bin, dir string
	server   *liar
	random   *rand.Rand
	assets   []killAsset
	figures  killFigures
}

// killAsset is an asset and the request that it stands for.
type killAsset struct {
	address, output, path string
	body                  map[string]any
	takes                 []int // of the project's assets, in the order they are sent
}

const killPrompt = "A knight in worn plate armour before the gate of a burning town"

func newKillProject(t *testing.T, bin string, seed uint64) *killProject {
	k := &killProject{T: t, bin: bin, dir: t.TempDir(), random: rand.New(rand.NewPCG(seed, 2))}
	k.draw()
	var past []map[string]any
	for _, a := range k.assets {
		past = append(past, a.body)
	}
	k.server = newLiar(t, seed, past)
	config := fmt.Sprintf("provider \"imaginator\" { base_url = %q }\n", k.server.url+"/api/v1")
	for _, a := range k.assets {
		config += a.block(k.assets)
	}
	k.write("main.asset.hcl", config)
	return k
}

// draw makes the project's assets up. Prompts repeat, so that requests differ
// in a seed or a shape alone.
func (k *killProject) draw() {
	plain := 5 + k.random.IntN(8)
	for i := range plain {
		body := map[string]any{"prompt": killPrompt, "aspect_ratio": []string{"landscape", "portrait", "square"}[k.random.IntN(3)], "seed": float64(1 + i)}
		switch k.random.IntN(3) {
		case 0:
			delete(body, "seed")
			body["prompt"] = fmt.Sprintf("%s, take %d", killPrompt, i)
		case 1:
			body["model"] = "nano_banana"
		}
		k.assets = append(k.assets, killAsset{address: fmt.Sprintf("image.a%d", i), output: fmt.Sprintf("art/a%d.png", i), path: "/generate_image", body: body})
	}
	for i := range k.random.IntN(3) {
		k.assets = append(k.assets, killAsset{
			address: fmt.Sprintf("image.g%d", i), output: fmt.Sprintf("art/g%d.png", i), path: "/generate_image_with_references",
			body: map[string]any{"prompt": fmt.Sprintf("Group %d", i)}, takes: []int{i, (i + 1) % plain},
		})
	}
	if k.random.IntN(3) == 0 {
		k.assets = append(k.assets, killAsset{address: "video.f", output: "f.mp4", path: "/generate_video_from_image", body: map[string]any{"prompt": "The gate falls"}, takes: []int{0}})
	}
}

// block is the asset in the language.
func (a *killAsset) block(assets []killAsset) string {
	kind, name, _ := strings.Cut(a.address, ".")
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q {\n  output = %q\n", kind, name, a.output)
	for _, attribute := range []string{"prompt", "aspect_ratio", "model"} {
		if v, ok := a.body[attribute]; ok {
			fmt.Fprintf(&b, "  %s = %q\n", attribute, v)
		}
	}
	if seed, ok := a.body["seed"]; ok {
		fmt.Fprintf(&b, "  seed = %v\n", seed)
	}
	var upstreams []string
	for _, i := range a.takes {
		upstreams = append(upstreams, assets[i].address)
	}
	switch {
	case kind == "video":
		fmt.Fprintf(&b, "  image = %s\n", upstreams[0])
	case len(upstreams) > 0:
		fmt.Fprintf(&b, "  references = [%s]\n", strings.Join(upstreams, ", "))
	}
	return b.String() + "}\n"
}

func (k *killProject) write(name, text string) {
	if err := os.WriteFile(filepath.Join(k.dir, name), []byte(text), 0o644); err != nil {
		k.Fatal(err)
	}
}

// play is the project's life.
func (k *killProject) play(sum *killFigures) {
	k.Logf("%+v", k.server.lies)
	for kills := 0; kills < 30 && !k.killed(); kills++ {
	}
	code := k.apply()
	if code == 5 && !k.server.idempotent {
		before := k.posts()
		if again := k.apply(); again != 5 {
			k.Errorf("an open question is gone by itself: exit %d", again)
		}
		if after := k.posts(); after != before && k.figures.unknown > 0 {
			k.Errorf("%d requests more", after-before)
		}
		k.figures.stopped++
	}
	// A person settles what is open, and may have to do so again: the service
	// goes on as it does.
	for range 40 {
		if code == 0 {
			break
		}
		if code == 5 {
			k.settle()
		}
		code = k.apply()
	}
	if code != 0 {
		out, _ := k.run("apply", "--auto-approve")
		k.Fatalf("apply ends with %d in the end:\n%s", code, out)
	}
	k.check()
	sum.mu.Lock()
	defer sum.mu.Unlock()
	f := &k.figures
	sum.kills, sum.hits, sum.charged, sum.needed = sum.kills+f.kills, sum.hits+f.hits, sum.charged+f.charged, sum.needed+len(k.assets)
	sum.unknown, sum.stopped, sum.refused = sum.unknown+f.unknown, sum.stopped+f.stopped, sum.refused+f.refused
}

// posts is how many tasks were charged so far.
func (k *killProject) posts() int {
	n := 0
	for _, times := range k.server.charged() {
		n += times
	}
	return n
}

// killed runs an apply with a budget and ends it after a while; it reports
// whether all was done before.
func (k *killProject) killed() (done bool) {
	before := k.posts()
	budget := 2 * len(k.assets)
	if k.random.IntN(4) == 0 {
		budget = k.random.IntN(budget)
	}
	cmd := k.command("apply", "--auto-approve", "--max-image-credits", strconv.Itoa(budget))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		k.Fatal(err)
	}
	most := 700 * time.Millisecond
	if k.random.IntN(4) == 0 {
		most = 8 * time.Second // also into what waits for lists
	}
	signal := os.Kill
	if k.random.IntN(8) == 0 {
		signal = os.Interrupt
	}
	kill := time.AfterFunc(time.Duration(k.random.Int64N(int64(most))), func() { cmd.Process.Signal(signal) }) // or it has ended
	err := cmd.Wait()
	kill.Stop()
	k.figures.kills++
	var exit *exec.ExitError
	switch code := cmd.ProcessState.ExitCode(); {
	case errors.As(err, &exit) && code < 0:
		k.figures.hits++
	case code == 6:
		k.figures.refused++
	case !slices.Contains([]int{0, 3, 4, 5, 130}, code):
		k.Errorf("exit code %d:\n%s", code, out.String())
	}
	if spent := k.spentSince(before); spent > budget {
		k.Errorf("%d credits with a budget of %d:\n%s", spent, budget, out.String())
	}
	if text := strings.ReplaceAll(out.String(), "nothing spent, perhaps", ""); strings.Contains(text, "nothing spent") && k.posts() > before {
		k.Errorf("something was charged:\n%s", out.String())
	}
	return err == nil
}

// spentSince is what was charged after so many tasks: the models that are used
// here cost a credit, but for that of the groups.
func (k *killProject) spentSince(tasks int) int {
	k.server.mu.Lock()
	defer k.server.mu.Unlock()
	k.server.settled()
	spent, n := 0, 0
	for _, t := range k.server.tasks {
		if t.foreign {
			continue
		}
		if n++; n <= tasks {
			continue
		}
		switch t.path {
		case "/generate_image":
			spent++
		case "/generate_image_with_references":
			spent += 2
		}
	}
	return spent
}

func (k *killProject) apply() int {
	out, code := k.run("apply", "--auto-approve")
	if !slices.Contains([]int{0, 3, 4, 5}, code) {
		k.Fatalf("exit code %d:\n%s", code, out)
	}
	return code
}

func (k *killProject) command(args ...string) *exec.Cmd {
	cmd := exec.Command(k.bin, args...)
	cmd.Dir = k.dir
	cmd.Env = append(os.Environ(), "IMAGINATOR_API_KEY=ak-test-3f9c2b7e51d84a06", "IMAGINATOR_BASE_URL="+k.server.url+"/api/v1", "NO_COLOR=1")
	return cmd
}

func (k *killProject) run(args ...string) (string, int) {
	cmd := k.command(args...)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		k.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// settle does what a person does with unknown outcomes: looks into the
// service's own ledger, attaches what is there and gives up what is not.
func (k *killProject) settle() {
	k.server.charged() // all that is late has come
	out, code := k.run("tasks", "list", "--journal", "--json")
	var list struct {
		Journal []struct{ Address, State string }
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil || code != 0 {
		k.Fatalf("tasks list ends with %d: %v\n%s", code, err, out)
	}
	for _, open := range list.Journal {
		if open.State != "unknown" && open.State != "intent" {
			continue
		}
		k.figures.unknown++
		args := []string{"tasks", "forget", open.Address}
		if id := k.taskOf(open.Address); id != "" {
			args = []string{"tasks", "attach", open.Address, id}
		}
		if out, code := k.run(args...); code != 0 {
			k.Errorf("%q ends with %d:\n%s", args, code, out)
		}
	}
}

// taskOf is the task that was charged for an asset, "" if there is none.
func (k *killProject) taskOf(address string) string {
	want := k.signatures()[address]
	k.server.mu.Lock()
	defer k.server.mu.Unlock()
	for _, t := range k.server.tasks {
		if !t.foreign && t.sig == want {
			return t.id
		}
	}
	return ""
}

// signatures is what the service must be asked for, by address. An asset's
// upstreams come before it.
func (k *killProject) signatures() map[string]string {
	sigs := map[string]string{}
	for _, a := range k.assets {
		sigs[a.address] = signature(a.path, a.body)
		if len(a.takes) > 0 {
			var sums []string
			for _, i := range a.takes {
				up := &k.assets[i]
				b := resultOf(k.server.film, sigs[up.address], up.path, textOr(up.body, "aspect_ratio", "landscape"))
				sums = append(sums, fmt.Sprintf("%x", sha256.Sum256(b)))
			}
			sigs[a.address] += strings.Join(sums, ",")
		}
	}
	return sigs
}

// check holds files and ledger against what was asked for.
func (k *killProject) check() {
	if out, code := k.run("verify"); code != 0 {
		k.Errorf("verify ends with %d:\n%s", code, out)
	}
	charged, sigs := k.server.charged(), k.signatures()
	for _, a := range k.assets {
		sig := sigs[a.address]
		want := resultOf(k.server.film, sig, a.path, textOr(a.body, "aspect_ratio", "landscape"))
		if got, err := os.ReadFile(filepath.Join(k.dir, filepath.FromSlash(a.output))); err != nil || !bytes.Equal(got, want) {
			k.Errorf("%s has another picture, error %v", a.address, err)
		}
		if charged[sig] != 1 {
			k.Errorf("%s was charged %d times", a.address, charged[sig])
		}
		k.figures.charged += charged[sig]
		delete(charged, sig)
	}
	if len(charged) > 0 {
		k.Errorf("charged besides: %v", charged)
	}
}

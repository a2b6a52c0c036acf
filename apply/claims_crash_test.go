package apply

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"assetform/apply/remote"
	"assetform/apply/remote/remotetest"
)

// servers are the ways in which a lost answer can be settled.
var servers = map[string]func(*fakeAPI){
	"key honoured": func(f *fakeAPI) { f.idempotent, f.noList = true, true },
	"task list":    func(f *fakeAPI) { f.another(asking(longPrompt)) },
	"neither":      func(f *fakeAPI) { f.noList = true },
}

// machine is a clone of a project whose applies are processes.
type machine struct {
	*project
	url    string
	remote remotetest.Place
}

// command is an apply that ends at a step; 0: at none.
func (m machine) command(step int64) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), crashDir+"="+m.dir, crashURL+"="+m.url, crashStep+"="+strconv.FormatInt(step, 10),
		crashShared+"="+m.remote.URL, "ASSETFORM_REMOTE_URL="+m.remote.URL)
	for name, value := range m.remote.Environ {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// finish is an apply in this process.
func (m machine) finish(t *testing.T) result {
	t.Helper()
	return m.apply(over(m.url), m.sharedAt(func(context.Context) (remote.Files, error) { return m.remote.Open(t), nil }))
}

// TestCrashOfAClaimsOwner ends the process of one machine at every step of an
// apply. Another one, that knows only the remote, finishes; then the first one's
// next apply does. Nothing is paid twice, and where nobody can tell it is said.
func TestCrashOfAClaimsOwner(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	stride, first := int64(1), int64(0)
	if os.Getenv("ASSETFORM_LONG") == "" {
		stride = 3
	}
	for name, setup := range servers {
		begin := 1 + first%stride
		first++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for step := begin; ; step += stride {
				api := newFakeAPI()
				setup(api)
				url, place := api.serve(t), remotetest.File(t)
				hcl := fmt.Sprintf("provider \"imaginator\" {\n  base_url = %q\n}\n", url) + asset("a", "A", "a.png")
				one := machine{newProject(t, api, hcl), url, place}
				out, err := one.command(step).CombinedOutput()
				if strings.HasPrefix(string(out), "steps") {
					if err != nil || step < 15 {
						t.Errorf("the apply that was not ended: %v after %d steps", err, step)
					}
					return
				}
				at := fmt.Sprintf("step %d (%s)", step, strings.TrimSpace(string(out)))
				two := machine{newProject(t, api, hcl), url, place}.finish(t)
				checkClaims(t, api, at+", another machine", two)
				again := one.finish(t)
				checkClaims(t, api, at+", the same machine", again)
				if two.ExitCode == ExitDone && (again.ExitCode != ExitDone || one.read("a.png") == "") {
					t.Fatalf("%s: the one ended with %d, the other with %d\n%s", at, two.ExitCode, again.ExitCode, again.text())
				}
				if strings.TrimSpace(string(out)) == "announced" && again.ExitCode != ExitDone {
					t.Fatalf("%s: nothing was sent, and it ended with %d\n%s", at, again.ExitCode, again.text())
				}
				if lost := slices.Contains([]string{"announced", "intent", "posting", "posted", "submitted"}, strings.TrimSpace(string(out))); two.ExitCode == ExitUnknown && (!lost || name == "key honoured") {
					t.Fatalf("%s: unknown though it can be told\n%s", at, two.text())
				}
			}
		})
	}
}

// checkClaims holds that what was needed was paid once, or an outcome is unknown.
func checkClaims(t *testing.T, api *fakeAPI, at string, r result) {
	t.Helper()
	if twice := api.paidTwice(); len(twice) > 0 {
		t.Fatalf("%s: paid twice: %v", at, twice)
	}
	if r.ExitCode != ExitUnknown && (r.ExitCode != ExitDone || api.paid() != 1) {
		t.Fatalf("%s: exit %d, paid %d\n%s", at, r.ExitCode, api.paid(), r.text())
	}
}

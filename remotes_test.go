package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"assetform/apply/remote/remotetest"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestRemotes runs each script of its directory over every server that remotes
// are tested with; where a program is not installed, its scripts are skipped.
// Nothing that is printed, written or uploaded may have a secret in it. Beside
// what TestScripts has there are:
//
//	remote                 name the script's own remote in $ASSETFORM_REMOTE_URL, and give what lets in
//	remote denied          then give what does not let in
//	remote-read DIR FILE   put what all files in a directory of the remote say into a file
//	until N PATTERN remote:DIR   wait until the pattern is so often in those files
//	spoil HOW remote:DIR   damage them
//	[claims]               the remote can keep claims
//	[locked]               it lets not everybody in
//	[list]                 it tells which files it has
//	[spoils]               it takes bytes that are not those of their hash
func TestRemotes(t *testing.T) {
	t.Parallel()
	for kind, start := range remotetest.Places() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var place atomic.Pointer[remotetest.Place] // all scripts have the same kind
			p := scriptsIn("remotes")
			setup := p.Setup
			p.Setup = func(env *testscript.Env) error {
				s := env.T().(*remoteScript)
				s.place = start(s)
				place.Store(&s.place)
				env.Values[remoteKey{}] = s
				env.Defer(func() { s.checkFiles(env.WorkDir) })
				return setup(env)
			}
			p.Condition = func(name string) (bool, error) {
				switch p := place.Load(); name {
				case "claims":
					return p.Create == remotetest.Atomic, nil
				case "spoils":
					return !p.Sums, nil
				case "list":
					return !p.NoList, nil
				case "locked":
					return p.Denied != nil, nil
				}
				return false, fmt.Errorf("there is no condition %q", name)
			}
			testscript.RunT(&remoteScript{T: t}, p)
		})
	}
}

// remoteScript is a script's test, and its remote.
type remoteScript struct {
	*testing.T
	place remotetest.Place
}

type remoteKey struct{}

// Run implements testscript.T.
func (s *remoteScript) Run(name string, f func(testscript.T)) {
	s.T.Run(name, func(t *testing.T) { f(&remoteScript{T: t}) })
}

// Verbose implements testscript.T: the log, of which nothing is left out then,
// is looked at.
func (s *remoteScript) Verbose() bool { return true }

// Log implements testscript.T. It gets all that was printed.
func (s *remoteScript) Log(args ...any) {
	s.checkSecrets("the output", []byte(fmt.Sprint(args...)))
	s.T.Log(args...)
}

// checkSecrets holds that a content has no secret in it.
func (s *remoteScript) checkSecrets(what string, content []byte) {
	for _, secret := range append([]string{testKey}, s.place.Secrets...) {
		if bytes.Contains(content, []byte(secret)) {
			s.Errorf("%s has the secret %s in it", what, secret)
		}
	}
}

// checkFiles looks at what a script leaves on the disk and in the remote.
func (s *remoteScript) checkFiles(dir string) {
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(name)
		s.checkSecrets(name, b)
		return err
	})
	if err != nil {
		s.Error(err)
	}
	if s.place.NoList {
		return
	}
	for name, b := range s.files("v1/") {
		s.checkSecrets(name+" in the remote", b)
	}
}

// files are those in a directory of the remote.
func (s *remoteScript) files(dir string) map[string][]byte {
	files := s.place.Open(s.T)
	defer files.Close()
	all := map[string][]byte{}
	for info, err := range files.List(s.Context(), dir) {
		if err != nil {
			s.Error(err)
			break
		}
		body, _, err := files.Get(s.Context(), info.Name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it is gone meanwhile
		}
		if err == nil {
			all[info.Name], err = io.ReadAll(body)
			err = errors.Join(err, body.Close())
		}
		if err != nil {
			s.Error(err)
		}
	}
	return all
}

// text is what the files in a directory of the remote say, by their names.
func (s *remoteScript) text(dir string) []byte {
	var text bytes.Buffer
	all := s.files(dir)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&text, "%s: %s\n", name, all[name])
	}
	return text.Bytes()
}

func cmdRemote(ts *testscript.TestScript, neg bool, args []string) {
	place := ts.Value(remoteKey{}).(*remoteScript).place
	ts.Setenv("ASSETFORM_REMOTE_URL", place.URL)
	environ := place.Environ
	if len(args) > 0 && args[0] == "denied" {
		environ = place.Denied
	}
	for name, value := range environ {
		ts.Setenv(name, value)
	}
}

func cmdRemoteRead(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), ts.Value(remoteKey{}).(*remoteScript).text(args[0]), 0o644))
}

func cmdWeb(ts *testscript.TestScript, neg bool, args []string) {
	s := httptest.NewServer(&webDirectory{dir: ts.MkAbs(args[0]), token: args[1]})
	ts.Defer(s.Close)
	ts.Setenv("WEB_URL", s.URL)
}

// webDirectory is a web server with PUT. What stands in its directory as "mood"
// is what befalls all requests: html, denied, or another address to go to.
type webDirectory struct {
	dir, token string
	mu         sync.Mutex // of two that create a file one succeeds
}

func (d *webDirectory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	mood, _ := os.ReadFile(filepath.Join(d.dir, "mood"))
	name := filepath.Join(d.dir, filepath.FromSlash(filepath.Clean("/"+r.URL.Path)))
	switch mood := strings.TrimSpace(string(mood)); {
	case strings.HasPrefix(mood, "http"):
		http.Redirect(w, r, mood+r.URL.Path, http.StatusTemporaryRedirect)
	case mood == "html":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html>Please log in.</html>")
	case mood == "denied", r.Header.Get("Authorization") != "Bearer "+d.token:
		http.Error(w, "token expired", http.StatusForbidden)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		if info, err := os.Stat(name); err != nil || info.IsDir() {
			http.NotFound(w, r)
			return
		}
		http.ServeFile(w, r, name)
	case r.Method == http.MethodPut:
		if _, err := os.Stat(name); err == nil && r.Header.Get("If-None-Match") == "*" {
			w.WriteHeader(http.StatusPreconditionFailed)
			return
		}
		b, err := io.ReadAll(r.Body)
		if err == nil {
			err = errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, b, 0o666))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusCreated)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// cmdSpoil does to the files of a remote what disks, proxies and strangers do.
func cmdSpoil(ts *testscript.TestScript, neg bool, args []string) {
	if dir, ok := strings.CutPrefix(args[1], "remote:"); ok {
		s := ts.Value(remoteKey{}).(*remoteScript)
		files := s.place.Open(s.T)
		defer files.Close()
		for name, b := range s.files(dir) {
			b = spoiled(ts, args[0], b)
			ts.Check(files.Put(s.Context(), name, bytes.NewReader(b), int64(len(b))))
		}
		return
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if args[0] == "link" {
			ts.Check(os.Remove(name))
			return os.Symlink(filepath.Join("..", "..", "..", "..", "..", "outside"), name)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(name, spoiled(ts, args[0], b), 0o644)
	}))
}

// spoiled is what becomes of a file.
func spoiled(ts *testscript.TestScript, how string, b []byte) []byte {
	switch how {
	case "cut":
		return b[:len(b)/2]
	case "flip":
		b[len(b)/2] ^= 1
		return b
	case "text":
		return []byte("<html>Please log in.</html>")
	case "swap": // the record of other inputs
		return bytes.Replace(b, []byte("a knight"), []byte("a dragon"), 1)
	case "origin":
		return regexp.MustCompile(`"origin": "[^"]*"`).ReplaceAll(b, []byte(`"origin": "https://another.example"`))
	case "cost": // more than a lock can say
		return bytes.Replace(b, []byte(`"image_credits": 1`), []byte(`"image_credits": 3000000000`), 1)
	case "width":
		return regexp.MustCompile(`"width": \d+`).ReplaceAll(b, []byte(`"width": 7`))
	}
	ts.Fatalf("nobody spoils by %q", how)
	return nil
}

package cli

import (
	"bufio"
	"bytes"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// loaders are ways for a program to have code loaded that it was not built
// with, as they stand in Go and assembly.
var loaders = regexp.MustCompile(`(?i)\bdlopen\b|LoadLibrary|\bNewLazyDLL|\b(Must)?LoadDLL|//go:cgo_import_dynamic\s+\S+\s+\S+\s+"[^/"]|^\s*(import\s+)?"(C|plugin)"$`)

// TestNothingLoadsCode reads the sources of all that is linked into the program,
// the standard library aside, as built with and without a C compiler. Of the
// system's own libraries golang.org/x/sys loads some on Windows, from the system's folder.
func TestNothingLoadsCode(t *testing.T) {
	t.Parallel()
	read := map[string]bool{} // most files are in every build
	for _, build := range [][2]string{{"linux", "1"}, {"linux", "0"}, {"darwin", "0"}, {"windows", "0"}} {
		cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Dir,GoFiles,CgoFiles,SFiles,SysoFiles", "assetform")
		cmd.Env = append(os.Environ(), "GOOS="+build[0], "CGO_ENABLED="+build[1])
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list for %v: %v", build, err)
		}
		packages := 0
		for dec := json.NewDecoder(bytes.NewReader(out)); ; packages++ {
			var p struct {
				ImportPath, Dir                      string
				Standard                             bool
				GoFiles, CgoFiles, SFiles, SysoFiles []string
			}
			if err := dec.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if p.ImportPath == "plugin" {
				t.Errorf("%v: the program imports plugin", build)
			}
			if p.Standard || strings.HasPrefix(p.ImportPath, "golang.org/x/sys/") {
				continue
			}
			if len(p.CgoFiles)+len(p.SysoFiles) > 0 {
				t.Errorf("%v: %s is built with C: %v %v", build, p.ImportPath, p.CgoFiles, p.SysoFiles)
			}
			for _, name := range slices.Concat(p.GoFiles, p.SFiles) {
				if file := filepath.Join(p.Dir, name); !read[file] {
					read[file] = true
					noLoader(t, file)
				}
			}
		}
		if packages < 100 {
			t.Errorf("%v: only %d packages were seen", build, packages)
		}
	}
}

func noLoader(t *testing.T, file string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if code, _, _ := strings.Cut(line, "// "); loaders.MatchString(strings.TrimSpace(code)) {
			t.Errorf("%s: %s", file, strings.TrimSpace(line))
		}
	}
}

// planted are names by which codecs for WebP look for a library, with a blank
// element in the search path meaning the current directory.
var planted = []string{"libwebp.so", "libwebp.so.6", "libwebp.so.7", "libwebpdemux.so", "libwebpdemux.so.2", "libwebpmux.so", "libsharpyuv.so.0"}

// TestNoLibraryOfTheTreeIsLoaded runs the program, as go build makes it without
// any tag, in a directory full of libraries that write a file when they are
// loaded. It converts to WebP there, and films.
func TestNoLibraryOfTheTreeIsLoaded(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("libraries are planted on Linux only; TestNothingLoadsCode reads the sources for the other systems")
	}
	dir := t.TempDir()
	program, err := TestOnlyProgram()
	if err != nil {
		t.Fatal(err)
	}
	tree := filepath.Join(dir, "tree")
	write := func(name, content string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(tree, 0o755), os.WriteFile(filepath.Join(tree, name), []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	write("a.asset.hcl", `provider "local" {}
image "a" {
  prompt = "A castle at dusk"
  output = "a.webp"
}
`)
	write("evil.c", `#include <stdio.h>
__attribute__((constructor)) static void loaded(void) { fclose(fopen("loaded", "w")); }
`)
	compile := exec.Command("gcc", "-shared", "-fPIC", "-o", planted[0], "evil.c")
	compile.Dir = tree
	if out, err := compile.CombinedOutput(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			t.Skip("no C compiler is installed to make a library; TestNothingLoadsCode reads the sources")
		}
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	library, err := os.ReadFile(filepath.Join(tree, planted[0]))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range planted {
		write(name, string(library))
	}
	for _, args := range [][]string{{"validate"}, {"plan"}, {"apply", "--auto-approve"}, {"verify"}} {
		cmd := exec.Command(program, args...)
		cmd.Dir = tree
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH=:/nowhere")
		out, err := cmd.CombinedOutput()
		if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() > 2 || exit.ExitCode() == 1) {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		if _, err := os.Stat(filepath.Join(tree, "loaded")); err == nil {
			t.Fatalf("%v loaded a library of the current directory", args)
		}
	}
	if head, err := os.ReadFile(filepath.Join(tree, "a.webp")); err != nil || !bytes.HasPrefix(head, []byte("RIFF")) {
		t.Errorf("no WebP was written: %v", err)
	}
}

// TestOnlyProgram builds the program once for all tests of this folder.
var TestOnlyProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "assetform-hostile")
	if err != nil {
		return "", err
	}
	return build(filepath.Join(dir, "assetform.exe"))
})

func build(program string, env ...string) (string, error) {
	build := exec.Command("go", "build", "-o", program, "assetform")
	build.Env = append(os.Environ(), env...)
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
}

// TestLibrariesOfTheProgram holds that a program built without C, as releases
// are, asks the system's loader for nothing and has no library in its memory.
// Where go build finds a C compiler it links the C library for the sake of net
// and os/user, as it does for every program; that is the loader's to find.
func TestLibrariesOfTheProgram(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the format of programs is looked into on Linux only")
	}
	program, err := build(filepath.Join(t.TempDir(), "assetform"), "CGO_ENABLED=0")
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	names, err := f.ImportedLibraries()
	if err != nil || len(names) > 0 {
		t.Errorf("the program needs the libraries %q (error %v)", names, err)
	}
	if f.Section(".interp") != nil {
		t.Error("the program is started by the system's loader")
	}

	// The studio stays up, so its memory can be looked at.
	cmd := exec.Command(program, "serve", "--listen", "127.0.0.1:0")
	cmd.Dir = t.TempDir()
	said, err := cmd.StderrPipe()
	if err == nil {
		cmd.Stdout = cmd.Stderr
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }() // it has no state to lose
	if _, err := bufio.NewReader(said).ReadString('\n'); err != nil {
		t.Fatalf("the studio says nothing: %v", err)
	}
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(maps)) {
		fields := strings.Fields(line)
		if len(fields) > 5 && strings.HasPrefix(fields[5], "/") && fields[5] != program {
			t.Errorf("the program has mapped %s", line)
		}
	}
}

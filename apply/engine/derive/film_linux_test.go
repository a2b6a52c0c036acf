package derive

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestKilled: with a process that is killed its program ends, and what it left
// goes with the next film.
func TestKilled(t *testing.T) {
	const variable = "ASSETFORM_TEST_KILLED"
	dir := os.Getenv(variable)
	if dir != "" { // this is the process to kill
		m := New(Options{Temp: dir, FFmpeg: filepath.Join(dir, "ffmpeg")})
		j := variantJob("a.png", film(t, "film.mp4"), map[string]any{"at": "last"})
		_, err := m.Make(t.Context(), j, io.Discard)
		t.Fatalf("the program ended: %v", err)
	}
	dir = t.TempDir()
	pid := filepath.Join(dir, "pid")
	script := fmt.Sprintf("#!/bin/sh\necho $$ > %q.new && mv %q.new %q\nexec sleep 300\n", pid, pid, pid)
	if err := os.WriteFile(filepath.Join(dir, "ffmpeg"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), variable+"="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var number []byte
	for end := time.Now().Add(time.Minute); len(number) == 0; time.Sleep(10 * time.Millisecond) {
		if number, _ = os.ReadFile(pid); time.Now().After(end) {
			cmd.Process.Kill()
			t.Fatal("the program does not start")
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	stat := fmt.Sprintf("/proc/%s/stat", bytes.TrimSpace(number))
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		b, err := os.ReadFile(stat)
		if err != nil || bytes.Contains(b, []byte(") Z ")) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the program goes on")
		}
	}
	left, _ := filepath.Glob(filepath.Join(dir, filmNames))
	if len(left) != 1 {
		t.Fatalf("left are %q", left)
	}
	removeFilms(dir)
	if _, err := os.Stat(left[0]); err != nil {
		t.Fatal("a copy that may be in use is gone")
	}
	old := time.Now().Add(-2 * filmAge)
	if err := os.Chtimes(left[0], old, old); err != nil {
		t.Fatal(err)
	}
	removeFilms(dir)
	if _, err := os.Stat(left[0]); err == nil {
		t.Fatal("an old copy stays")
	}
}

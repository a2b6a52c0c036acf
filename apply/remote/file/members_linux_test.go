package file_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"assetform/apply/remote"
	"assetform/apply/remote/file"
	"assetform/apply/remote/remotetest"
)

// TestMember is what a member does in TestMembers, in a process of its own.
func TestMember(t *testing.T) {
	dir := os.Getenv("MEMBER_OF")
	if dir == "" {
		t.Skip("it is for TestMembers")
	}
	umask := 0o002
	if os.Getenv("MEMBER_UMASK") == "022" {
		umask = 0o022
	}
	syscall.Umask(umask)
	f, err := file.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := os.Getenv("MEMBER_NAME")
	err = f.Put(t.Context(), name, strings.NewReader("x"), 1)
	if err == nil {
		err = f.Create(t.Context(), fmt.Sprintf("%s.%d", name, os.Getuid()), strings.NewReader("x"), 1)
	}
	_, readErr := f.Stat(t.Context(), "v1/results/a.json")
	switch {
	case errors.Is(err, remote.ErrDenied):
		fmt.Println("may not write")
	case err != nil:
		t.Error(err)
	}
	if readErr != nil {
		t.Error(readErr)
	}
}

// TestMembers sets a share up as the page says, and has several users work in it.
func TestMembers(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can be several users")
	}
	dir := t.TempDir()
	share, program := filepath.Join(dir, "share"), filepath.Join(dir, "program")
	b, err := os.ReadFile(os.Args[0]) // stands where others may not go
	if err == nil {
		err = errors.Join(os.WriteFile(program, b, 0o755), os.Chmod(filepath.Dir(dir), 0o755))
	}
	if err != nil {
		t.Fatal(err)
	}
	const group, elsewhere = 10099, 10098
	setUp := exec.Command("sh", "-e", "-c", strings.ReplaceAll(remotetest.Documented(t, "A NAS", "sh")[0], "chgrp art", fmt.Sprint("chgrp ", group)))
	setUp.Env = append(os.Environ(), "SHARE="+share)
	if out, err := setUp.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, c := range []struct {
		user, group uint32
		umask, name string
		writes      bool
	}{
		{10001, group, "002", "v1/results/a.json", true},
		{10002, group, "002", "v1/results/a.json", true}, // in the place of the other one's
		{10003, elsewhere, "002", "v1/results/a.json", false},
		// Who has not the umask of the page shuts the others out of what it makes.
		{10001, group, "022", "v1/claims/00/1.json", true},
		{10002, group, "002", "v1/claims/00/1.json", false},
		{10002, group, "002", "v1/claims/01/1.json", false},
	} {
		cmd := exec.Command(program, "-test.run=^TestMember$", "-test.v")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "MEMBER_OF="+share, "MEMBER_UMASK="+c.umask, "MEMBER_NAME="+c.name)
		// The group of the share is one among several, as people have them.
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: c.user, Gid: c.user, Groups: []uint32{c.group}}}
		out, err := cmd.CombinedOutput()
		if wrote := !strings.Contains(string(out), "may not write"); err != nil || wrote != c.writes || !strings.Contains(string(out), "PASS: TestMember") {
			t.Errorf("step %d: user %d writes %s: %v, want %v; error %v\n%s", i+1, c.user, c.name, wrote, c.writes, err, out)
		}
	}
}

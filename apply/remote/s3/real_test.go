package s3_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/remote"
	"assetform/apply/remote/remotetest"
)

// TestVersityGW runs the contract over a server that checks signatures.
func TestVersityGW(t *testing.T) {
	t.Parallel()
	program := remotetest.Program(t, "versitygw")
	dir, address := t.TempDir(), remotetest.FreeAddress(t)
	for _, sub := range []string{"data/art", "side"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	environ := service("http://" + address)
	delete(environ, "AWS_SESSION_TOKEN")
	remotetest.Start(t, address, exec.Command(program, "--quiet", "--keep-alive", "--port", address, "--access", environ["AWS_ACCESS_KEY_ID"],
		"--secret", environ["AWS_SECRET_ACCESS_KEY"], "posix", "--sidecar", filepath.Join(dir, "side"), filepath.Join(dir, "data")))
	t.Run("contract", func(t *testing.T) {
		remotetest.Run(t, remotetest.Backend{
			Open:   func(t *testing.T) remote.Files { return mustOpen(t, "s3://art/games/one", environ) },
			Create: remotetest.Atomic,
		})
	})
	t.Run("wrong secret", func(t *testing.T) {
		wrong := service("http://" + address)
		delete(wrong, "AWS_SESSION_TOKEN")
		wrong["AWS_SECRET_ACCESS_KEY"] = "an0ther"
		f := mustOpen(t, "s3://art", wrong)
		defer f.Close()
		if err := f.Put(t.Context(), "v1/a", strings.NewReader("x"), 1); !errors.Is(err, remote.ErrDenied) || strings.Contains(err.Error(), "an0ther") {
			t.Errorf("got error %v, want that access is denied", err)
		}
	})
	t.Run("missing bucket", func(t *testing.T) {
		f := mustOpen(t, "s3://none", environ)
		defer f.Close()
		if _, err := f.Stat(t.Context(), "v1/a"); err == nil || !strings.Contains(err.Error(), "does not exist") {
			t.Errorf("got error %v, want that there is no bucket", err)
		}
	})
}

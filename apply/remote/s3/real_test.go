package s3_test

import (
	"errors"
	"io/fs"
	"maps"
	"strings"
	"testing"

	"assetform/apply/remote"
	"assetform/apply/remote/remotetest"
)

// TestVersityGW runs the contract over a server that checks signatures.
func TestVersityGW(t *testing.T) {
	t.Parallel()
	place := remotetest.VersityGW(t)
	t.Run("contract", func(t *testing.T) { remotetest.Run(t, place.Backend) })
	t.Run("missing bucket", func(t *testing.T) {
		f := mustOpen(t, "s3://none", place.Environ)
		defer f.Close()
		if _, err := f.Stat(t.Context(), "v1/a"); err == nil || !strings.Contains(err.Error(), "does not exist") {
			t.Errorf("got error %v, want that there is no bucket", err)
		}
	})
	t.Run("a blob of other bytes", func(t *testing.T) {
		f := mustOpen(t, "s3://art", place.Environ)
		defer f.Close()
		name := "v1/blobs/sha256/" + strings.Repeat("a", 64)
		if err := f.Put(t.Context(), name, strings.NewReader("x"), 1); err == nil {
			t.Error("bytes are taken that are not those of their name")
		}
		if _, err := f.Stat(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("they are there: %v", err)
		}
	})
	t.Run("wrong secret", func(t *testing.T) {
		wrong := maps.Clone(place.Environ)
		wrong["AWS_SECRET_ACCESS_KEY"] = "an0ther"
		f := mustOpen(t, "s3://art", wrong)
		defer f.Close()
		if err := f.Put(t.Context(), "v1/a", strings.NewReader("x"), 1); !errors.Is(err, remote.ErrDenied) || strings.Contains(err.Error(), "an0ther") {
			t.Errorf("got error %v, want that access is denied", err)
		}
	})
}

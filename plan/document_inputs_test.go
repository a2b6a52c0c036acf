package plan

import (
	"testing"

	"assetform/lockfile"

	"github.com/google/go-cmp/cmp"
)

// TestPlainInputs has a value of every kind.
func TestPlainInputs(t *testing.T) {
	t.Parallel()
	secret := lockfile.HashBytes([]byte("x"))
	got := PlainInputs(lockfile.Inputs{
		"bool": lockfile.Bool(true), "int": lockfile.Int(3), "number": lockfile.Number(0.5), "text": lockfile.Text("a"),
		"texts": lockfile.Strings([]string{"a", "b"}), "numbers": lockfile.Numbers([]float64{1, 0.25}), "secret": lockfile.Sensitive(secret),
	})
	want := map[string]any{
		"bool": true, "int": int64(3), "number": 0.5, "text": "a", "texts": []any{"a", "b"}, "numbers": []any{1.0, 0.25},
		"secret": map[string]any{"sensitive": secret.String()},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

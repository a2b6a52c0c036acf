package enginetest_test

import (
	"os"
	"strings"
	"testing"

	"assetform/apply/engine"
	"assetform/apply/engine/enginetest"
	"assetform/apply/engine/imaginator"
)

// The least that a driver can be keeps the contract.
func TestBare(t *testing.T) {
	t.Parallel()
	film, err := os.ReadFile("../../media/testdata/film.mp4")
	if err != nil {
		t.Fatal(err)
	}
	enginetest.Run(t, enginetest.Case{Engine: &imaginator.Engine, Open: func(*testing.T) (engine.Driver, func() []engine.Request) {
		b := &enginetest.Bare{Engine: &imaginator.Engine, Result: func(r engine.Request) []byte {
			if strings.Contains(r.Method, "video") {
				return film
			}
			return enginetest.Picture(r.Method)
		}}
		return b, b.Taken
	}})
}

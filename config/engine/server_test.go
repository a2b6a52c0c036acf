package engine

import "testing"

func TestKeySource(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]string{
		"":      "api_key of the provider block",
		"A_KEY": "api_key of the provider block, or A_KEY",
	} {
		if got := (Server{KeyEnv: env}).KeySource(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

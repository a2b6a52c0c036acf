package config

import "testing"

// TestUnseenPrompt: a prompt that nobody can read is not paid for.
func TestUnseenPrompt(t *testing.T) {
	t.Parallel()
	image := func(prompt string) map[string]string {
		return map[string]string{"m.asset.hcl": "image \"a\" {\n  prompt = " + prompt + "\n  output = \"a.png\"\n}\n"}
	}
	for _, prompt := range []string{`""`, `" \t"`, `"\u200b"`, `"\ufeff"`, `" \ufeff\u00a0\u2060"`, `"\u3164"`, `"\u2800"`, `"\ufe0f"`, `"\u00ad\u0001"`, `"\u0000"`} {
		if d := mustFail(t, "Empty prompt", image(prompt)); d.Subject.Start.Line != 2 {
			t.Errorf("%s: at %s", prompt, d.Subject)
		}
	}
	if d := mustFail(t, "NUL character in prompt", image(`"A\u0000 \u0000r"`)); d.Subject.Start.Line != 2 {
		t.Errorf("at %s", d.Subject)
	}
	for _, prompt := range []string{`"."`, `"\u200b?"`, `"\U0001F409\ufe0f"`, `"猫"`} {
		mustLoad(t, image(prompt))
	}
}

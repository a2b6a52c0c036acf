package studio

import (
	"strings"
	"testing"
)

// TestUnwrittenPrompts: a picture gets no strip with a prompt that must not be
// read on it.
func TestUnwrittenPrompts(t *testing.T) {
	t.Parallel()
	g := newGate()
	close(g.open)
	r := newRig(t, Options{Renderer: g, Workers: 1, Unwritten: func(prompt string) bool { return strings.Contains(prompt, "hunter2") }})
	for prompt, want := range map[string]bool{"a hunter2 cat": false, "a cat": true} {
		r.create("generate_image", `{"prompt": "`+prompt+`"}`)
		if job := <-g.started; job.Caption != want {
			t.Errorf("%q: caption %v", job.Prompt, job.Caption)
		}
	}
}

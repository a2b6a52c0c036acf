package journal

import (
	"testing"

	"assetform/apply/engine/all"
	"assetform/lockfile"
	"assetform/plan"
)

// What an earlier release paid for a text with the byte order mark and line
// ends of its file is found under the text's hash of today.
func TestPaidUnderFormerText(t *testing.T) {
	t.Parallel()
	engines := all.Registry()
	entry := func(prompt string) *lockfile.Entry {
		return &lockfile.Entry{Provider: "imaginator", Method: "generate_image", Inputs: lockfile.Inputs{"prompt": lockfile.Text(prompt)}}
	}
	for _, former := range []string{"\ufeffA knight\non foot", "A knight\ron foot", "\ufeffA knight\ron foot"} {
		e := entry(former)
		today, odd := plan.NormalHash(engines, e)
		if _, again := plan.NormalHash(engines, entry("A knight\non foot")); !odd || again {
			t.Fatalf("%q is as it is today: %v; today's text is not: %v", former, !odd, again)
		}
		in := Intent{Record: Record{State: StateSubmitted, Provider: e.Provider, Method: e.Method, Inputs: e.Inputs, InputsHash: lockfile.InputsHash{1}}}
		intents := []Intent{in}
		if !PaidInputs(engines, intents)[today] {
			t.Errorf("%q: the task is not known as paid", former)
		}
		if got := NewIndex(engines, intents, nil).TakePaid(today); got == nil {
			t.Errorf("%q: the task is not handed out", former)
		}
		intents[0].State = StateUnknown
		if list := Unsettled(engines, intents); len(list) != 1 || list[0].InputsHash != today {
			t.Errorf("%q: unsettled %v", former, list)
		}
		if got := NewIndex(engines, intents, nil).TakeUnsettled(today); got == nil {
			t.Errorf("%q: the open request is not handed out", former)
		}
	}
}

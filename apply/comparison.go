package apply

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"assetform/apply/imaginator"
	"assetform/apply/journal"
	"assetform/config/method"
	"assetform/lockfile"
	"assetform/plan"
)

// request is what tells one create request from another, as far as a task
// list can show it.
type request struct {
	kind   method.Kind
	method *method.Method
	inputs lockfile.Inputs
}

func requestOf(in *journal.Record) request {
	return request{kind: in.Kind, method: method.ByName(in.Method), inputs: in.Inputs}
}

// sent returns the recorded form of a parameter, its default included; ok is
// false if the request has none.
func (q request) sent(name string) (lockfile.Value, bool) {
	if v, ok := q.inputs[name]; ok {
		return v, true
	}
	if p, ok := q.method.Param(name); ok && p.Default != nil && p.Wire != "" {
		text, isText := p.Default.(string)
		return lockfile.Text(text), isText
	}
	return lockfile.Value{}, false
}

// equals tells whether a value that a list shows is the one that was sent.
func equals(sent, shown lockfile.Value) bool {
	if digest, secret := sent.AsSensitive(); secret {
		b, err := shown.MarshalJSON()
		return err == nil && lockfile.HashBytes(b) == digest
	}
	return sent.Equal(shown)
}

// comparison says how a task's row stands to a request.
type comparison struct {
	differs []string // fields that the row shows with another value
	hidden  []string // fields that it does not show
}

// equal tells that every field is shown and equal.
func (c comparison) equal() bool { return len(c.differs)+len(c.hidden) == 0 }

// onlyAspectHidden tells that all is equal but the aspect ratio, which the
// picture itself will show.
func (c comparison) onlyAspectHidden() bool {
	return len(c.differs) == 0 && len(c.hidden) == 1 && c.hidden[0] == "aspect_ratio"
}

func (c comparison) words() string {
	var parts []string
	if len(c.differs) > 0 {
		parts = append(parts, strings.Join(c.differs, ", ")+" differ")
	}
	if len(c.hidden) > 0 {
		parts = append(parts, strings.Join(c.hidden, ", ")+" not shown")
	}
	if len(parts) == 0 {
		return "all that is shown is equal"
	}
	return strings.Join(parts, "; ")
}

// compare holds a row against a request. A request with input images is never
// told by a row, since no row shows them.
func (q request) compare(t *imaginator.Task) (c comparison) {
	if q.method == nil {
		c.hidden = append(c.hidden, "method")
		return c
	}
	if len(q.method.Inputs) > 0 {
		c.hidden = append(c.hidden, "input images")
	} else if t.References > 0 {
		c.differs = append(c.differs, "input images")
	}
	field := func(name string, sent bool, shown, same bool) {
		switch {
		case shown && !same:
			c.differs = append(c.differs, name)
		case sent && !shown:
			c.hidden = append(c.hidden, name)
		}
	}
	field("type", true, t.Type != "", string(t.Type) == string(q.kind))
	c.prompt(q, t)
	if model, sent := q.sent("model"); sent {
		field("model", true, t.Model != "", equals(model, lockfile.Text(t.Model)))
	}
	seed, sent := q.sent("seed")
	if t.Seed == nil {
		field("seed", sent, false, false)
	} else {
		// A seed that we did not send is another request's.
		field("seed", sent, true, sent && equals(seed, lockfile.Int(*t.Seed)))
	}
	if aspect, sent := q.sent("aspect_ratio"); sent {
		field("aspect_ratio", true, t.AspectRatio != "", equals(aspect, lockfile.Text(t.AspectRatio)))
	}
	return c
}

// contradicts lists what the server's own answer about a task shows otherwise
// than it was asked for: then the task is another's, whatever its id. Unlike
// in a list nothing has to be proven here, so words that the API does not
// have count as other names for ours, and a seed that was not sent is the
// server's choice. Of a request whose inputs are not recorded nothing is told,
// and of a prompt that is recorded as a digest only that it is equal.
func (q request) contradicts(t *imaginator.Task) []string {
	if q.method == nil || q.inputs == nil {
		return nil
	}
	shown := *t
	if !slices.Contains([]imaginator.TaskType{imaginator.TypeImage, imaginator.TypeVideo}, t.Type) {
		shown.Type = imaginator.TaskType(q.kind)
	}
	if !slices.ContainsFunc(method.Models, func(m method.Model) bool { return m.Name == t.Model }) {
		shown.Model = ""
	}
	if !slices.Contains([]string{imaginator.AspectLandscape, imaginator.AspectPortrait, imaginator.AspectSquare}, t.AspectRatio) {
		shown.AspectRatio = ""
	}
	if _, sent := q.sent("seed"); !sent {
		shown.Seed = nil
	}
	if sent, ok := q.sent("prompt"); ok && t.Prompt != nil {
		text, plain := sent.AsText()
		if !plain || strings.EqualFold(text, normalPrompt(*t.Prompt)) {
			shown.Prompt = nil
		}
	}
	return q.compare(&shown).differs
}

// revealed is the request with the values of what is recorded as a digest,
// where the asset's configuration has them.
func (q request) revealed(fp *plan.Fingerprint) request {
	q.inputs = q.inputs.Clone()
	for _, p := range fp.Params {
		if text, isText := p.Value.(string); isText && p.Sensitive && q.inputs != nil {
			q.inputs[p.Name] = lockfile.Text(text)
		}
	}
	return q
}

// prompt compares prompts. One that begins ours may be cut.
func (c *comparison) prompt(q request, t *imaginator.Task) {
	sent, ok := q.sent("prompt")
	if !ok {
		sent = lockfile.Text("")
	}
	if t.Prompt == nil {
		c.hidden = append(c.hidden, "prompt")
		return
	}
	shown := normalPrompt(*t.Prompt)
	if equals(sent, lockfile.Text(shown)) {
		return
	}
	text, plain := sent.AsText()
	start := strings.TrimRight(shown, ".…[]() ")
	if plain && start != "" && strings.HasPrefix(text, start) {
		c.hidden = append(c.hidden, "the end of the prompt")
		return
	}
	c.differs = append(c.differs, "prompt")
}

// A Suspect is a task that could be the one of a lost request.
type Suspect struct {
	Task imaginator.Task
	comparison
}

// Words says for people which task it is and why it is not taken by itself.
func (s Suspect) Words() string {
	when := ""
	if !s.Task.CreatedAt.IsZero() {
		when = ", created " + s.Task.CreatedAt.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("task %s (%s%s; %s)", s.Task.ID, s.Task.Status, when, s.comparison.words())
}

// Likely tells that nothing which the list shows speaks against the task, and
// that it shows the prompt, or how that begins: an id alone is anybody's.
func (s Suspect) Likely() bool {
	return len(s.differs) == 0 && !slices.Contains(s.hidden, "prompt")
}

// Differs lists the fields that the list shows with another value than the one
// that was sent.
func (s Suspect) Differs() []string { return s.differs }

// Hidden lists the fields that the list does not show.
func (s Suspect) Hidden() []string { return s.hidden }

// near tells that a row is worth a person's look: its prompt and type are not
// known to be others, and something of it is known.
func (c comparison) near() bool {
	return !slices.Contains(c.differs, "prompt") && !slices.Contains(c.differs, "type")
}

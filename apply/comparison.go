package apply

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"assetform/apply/engine/imaginator"
	"assetform/apply/journal"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/method"
	"assetform/lockfile"
	"assetform/plan"

	"golang.org/x/text/unicode/norm"
)

// request is what tells one create request from another, as far as a task
// list can show it.
type request struct {
	kind   address.Kind
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
// in a list nothing has to be proven here, so whatever an honest server may
// write otherwise is let pass: other words for the same, a prompt that was cut
// or escaped, numbers that lost digits. What kind of file it is and its shape
// are seen by the file. Of a request whose inputs are not recorded nothing is
// told, and of a prompt that is recorded as a digest only that it is equal.
func (q request) contradicts(t *imaginator.Task) (differs []string) {
	if q.method == nil || q.inputs == nil {
		return nil
	}
	if sent, ok := q.sent("prompt"); ok && t.Prompt != nil && strings.TrimSpace(*t.Prompt) != "" {
		text, plain := sent.AsText()
		if plain && !samePrompt(text, *t.Prompt) || !plain && !equals(sent, lockfile.Text(normalPrompt(*t.Prompt))) {
			differs = append(differs, "prompt")
		}
	}
	if sent, ok := q.sent("model"); ok {
		known := slices.ContainsFunc(method.Models, func(m method.Model) bool { return m.Name == t.Model })
		if text, plain := sent.AsText(); plain && known && text != t.Model {
			differs = append(differs, "model")
		}
	}
	if sent, ok := q.sent("seed"); ok && t.Seed != nil {
		const exact = 1 << 53 // above, a JSON number may have lost digits
		if n, plain := sent.AsInt(); plain && n >= 0 && n < exact && *t.Seed != n {
			differs = append(differs, "seed")
		}
	}
	return differs
}

// showsOther tells that a task's row and its picture agree on another shape
// than the one that was asked for.
func (q request) showsOther(t *imaginator.Task, width, height int) bool {
	if q.method == nil || q.inputs == nil || width == 0 || height == 0 {
		return false
	}
	sent, ok := q.sent("aspect_ratio")
	text, plain := sent.AsText()
	return ok && plain && t.AspectRatio != text && t.AspectRatio == orientation(width, height)
}

// samePrompt tells whether a server may show that prompt for the one that was
// sent. White space, case, escapes and punctuation do not count. A beginning of
// it counts where it says that it was cut, or is so long that a column may have
// ended there; a question mark may stand for what could not be written, and
// what the key was taken out of for anything.
func samePrompt(sent, shown string) bool {
	sent, shown = plainWords(sent), plainWords(shown)
	switch {
	case shown == "" || shown == sent:
		return true
	case strings.Contains(shown, diag.Sensitive):
		return holdsInOrder(sent, strings.Split(shown, diag.Sensitive))
	case letters(sent) == letters(shown):
		return letters(sent) != ""
	case unwritable(sent) == unwritable(shown) && strings.Trim(shown, asciiText+"\ufffd") == "":
		return true
	}
	const column, sure = 32, 100 // characters of a cut that does not say so: within a word, between words
	start := cutMark.ReplaceAllString(shown, "")
	rest, begins := strings.CutPrefix(sent, start)
	if !begins || start == "" {
		return false
	}
	next, _ := utf8.DecodeRuneInString(rest)
	last, _ := utf8.DecodeLastRuneInString(start)
	within := wordly(next) && wordly(last)
	n := utf8.RuneCountInString(start)
	return start != shown || n >= sure || within && n >= column
}

// cutMark is how servers say that a text was cut.
var cutMark = regexp.MustCompile(`(?:\s*(?:\.{3}|…|[\[(](?:\.{3}|…|truncated|cut|more)[\])]))+$`)

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// asciiText are the characters of ASCII that texts have.
var asciiText = func() string {
	var b strings.Builder
	for r := ' '; r <= '~'; r++ {
		b.WriteRune(r)
	}
	return b.String()
}()

// unwritable is a text with one question mark for each run of characters that
// are not of ASCII, or that are question marks already.
func unwritable(s string) string {
	return unwritten.ReplaceAllString(s, "?")
}

var unwritten = regexp.MustCompile(`[^ -~]+|\?+`)

// holdsInOrder tells whether the parts stand in a text one after another, the
// first at its beginning and the last at its end.
func holdsInOrder(s string, parts []string) bool {
	last := len(parts) - 1
	if !strings.HasPrefix(s, parts[0]) || !strings.HasSuffix(s, parts[last]) {
		return false
	}
	for _, part := range parts {
		_, after, found := strings.Cut(s, part)
		if !found {
			return false
		}
		s = after
	}
	return true
}

// plainWords is a text without what transport does to it.
func plainWords(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFC.String(html.UnescapeString(s)))), " ")
}

// letters is a text without punctuation and blanks.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPunct(r) || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
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

package apply

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// emitter hands events to the sink, one at a time and free of secrets, and
// keeps the diagnostics among them.
type emitter struct {
	sink  Sink
	scrub *scrubber

	mu    sync.Mutex
	diags hcl.Diagnostics
}

func (e *emitter) emit(ev Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ev.Time.IsZero() {
		ev.Time = time.Now()
	}
	ev.TaskID = e.scrub.text(ev.TaskID)
	ev.Estimate = e.scrub.text(ev.Estimate)
	if ev.Diagnostic != nil {
		d := *ev.Diagnostic
		d.Summary, d.Detail = e.scrub.text(d.Summary), e.scrub.text(d.Detail)
		ev.Diagnostic = &d
		e.diags = append(e.diags, &d)
	}
	e.sink.Event(ev)
}

// diagnostics returns all that were emitted, in the order of the files.
func (e *emitter) diagnostics() hcl.Diagnostics {
	e.mu.Lock()
	defer e.mu.Unlock()
	sorted := slices.Clone(e.diags)
	slices.SortStableFunc(sorted, func(a, b *hcl.Diagnostic) int {
		return cmp.Or(
			cmp.Compare(place(a).Filename, place(b).Filename),
			cmp.Compare(place(a).Start.Byte, place(b).Start.Byte),
			cmp.Compare(a.Summary, b.Summary),
			cmp.Compare(a.Detail, b.Detail))
	})
	return sorted
}

func place(d *hcl.Diagnostic) hcl.Range {
	if d.Subject == nil {
		return hcl.Range{}
	}
	return *d.Subject
}

// shortestSecret is the length in bytes below which a secret is not looked
// for: replacing every "7" or "no" would destroy the text and, by the gaps,
// tell the secret.
const shortestSecret = 4

// scrubber takes secrets out of texts.
type scrubber struct {
	secrets  []string
	replacer *strings.Replacer
}

func newScrubber(secrets []string) *scrubber {
	var list []string
	for _, s := range secrets {
		for _, spelling := range []string{s, strings.TrimSpace(s)} {
			if len(spelling) >= shortestSecret {
				list = append(list, spelling)
			}
		}
	}
	// The longest first: a secret may hold another one.
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	list = slices.Compact(list)
	pairs := make([]string, 0, 2*len(list))
	for _, s := range list {
		pairs = append(pairs, s, "(sensitive value)")
	}
	return &scrubber{secrets: list, replacer: strings.NewReplacer(pairs...)}
}

func (s *scrubber) text(in string) string {
	if len(s.secrets) == 0 || in == "" {
		return in
	}
	return s.replacer.Replace(in)
}

// sentence makes an error the beginning of a sentence.
func sentence(err error) string {
	text := strings.TrimRight(err.Error(), ". \n")
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

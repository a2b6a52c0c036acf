package imaginator

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"assetform/apply/engine"
	"assetform/config/diag"
	spec "assetform/config/engine"
	"assetform/lockfile"

	"golang.org/x/text/unicode/norm"
)

// Compare implements engine.Finder. A request with input images is never told
// by a row, since no row shows them. Of a row among others it is also told
// whether its prompt may have been cut.
func (d *Driver) Compare(q engine.Query, t *engine.Task, rows []engine.Task) (c engine.Comparison) {
	is := row(t)
	if q.Method == nil {
		c.Hidden = append(c.Hidden, "method")
		c.Near = true
		return c
	}
	if len(q.Method.Inputs) > 0 {
		c.Hidden = append(c.Hidden, "input images")
	} else if is.References > 0 {
		c.Differs = append(c.Differs, "input images")
	}
	field := func(name string, sent bool, shown, same bool) {
		switch {
		case shown && !same:
			c.Differs = append(c.Differs, name)
		case sent && !shown:
			c.Hidden = append(c.Hidden, name)
		}
	}
	field("type", true, is.Type != "", string(is.Type) == string(q.Kind))
	comparePrompt(&c, q, &is)
	if model, sent := q.Sent("model"); sent {
		field("model", true, is.Model != "", engine.Equals(model, lockfile.Text(is.Model)))
	}
	seed, sent := q.Sent("seed")
	if is.Seed == nil {
		field("seed", sent, false, false)
	} else {
		// A seed that we did not send is another request's.
		field("seed", sent, true, sent && engine.Equals(seed, lockfile.Int(*is.Seed)))
	}
	if aspect, sent := q.Sent("aspect_ratio"); sent {
		field("aspect_ratio", true, is.AspectRatio != "", engine.Equals(aspect, lockfile.Text(is.AspectRatio)))
	}
	for _, p := range q.Method.Params {
		if !p.Unsent && !slices.Contains(shownParams, p.Name) {
			c.Hidden = append(c.Hidden, p.Name)
		}
	}
	if rows != nil {
		judgeCut(&c, &is, rows)
	}
	hidden := func(name string) bool { return slices.Contains(c.Hidden, name) }
	differs := func(name string) bool { return slices.Contains(c.Differs, name) }
	c.ByPicture = len(c.Differs) == 0 && len(c.Hidden) == 1 && hidden("aspect_ratio")
	c.Near = !differs("prompt") && !differs("type")
	c.Likely = len(c.Differs) == 0 && !hidden("prompt")
	return c
}

// shownParams are the parameters that a row may show. Any other is hidden: a
// task that differs in it looks the same.
var shownParams = []string{"prompt", "model", "aspect_ratio", "seed"}

// cutEnd is what is hidden where a row shows how a prompt begins.
const cutEnd = "the end of the prompt"

// judgeCut says what the list's other rows tell of a prompt: if some row shows
// a longer one, the list did not cut this.
func judgeCut(c *engine.Comparison, is *Task, rows []engine.Task) {
	whole := is.Prompt != nil && showsLonger(rows, *is.Prompt)
	if !whole && len(c.Differs) == 0 && !slices.Contains(c.Hidden, "prompt") {
		c.Hidden = append(c.Hidden, "whether prompts are cut")
	}
	if i := slices.Index(c.Hidden, cutEnd); i >= 0 && whole && !cutMark().MatchString(plainWords(*is.Prompt)) {
		c.Hidden = slices.Delete(c.Hidden, i, i+1)
		c.Differs = append(c.Differs, "prompt") // this is the whole of it
	}
}

// showsLonger tells whether some row shows a longer prompt than this one.
func showsLonger(rows []engine.Task, prompt string) bool {
	for i := range rows {
		p := row(&rows[i]).Prompt
		if p != nil && len(*p) > len(prompt) && utf8.RuneCountInString(*p) > utf8.RuneCountInString(prompt) {
			return true
		}
	}
	return false
}

// comparePrompt compares prompts. One that begins ours may be cut.
func comparePrompt(c *engine.Comparison, q engine.Query, is *Task) {
	sent, ok := q.Sent("prompt")
	if !ok {
		sent = lockfile.Text("")
	}
	if is.Prompt == nil {
		c.Hidden = append(c.Hidden, "prompt")
		return
	}
	shown := spec.NormalText(*is.Prompt)
	if engine.Equals(sent, lockfile.Text(shown)) {
		return
	}
	text, plain := sent.AsText()
	start := strings.TrimRight(shown, ".…[]() ")
	if plain && start != "" && strings.HasPrefix(text, start) {
		c.Hidden = append(c.Hidden, cutEnd)
		return
	}
	c.Differs = append(c.Differs, "prompt")
}

// Contradicts implements engine.Finder. Unlike in a list nothing has to be
// proven here, so whatever an honest server may write otherwise is let pass:
// other words for the same, a prompt that was cut or escaped, numbers that lost
// digits. What kind of file it is and its shape are seen by the file. Of a
// request whose inputs are not recorded nothing is told, and of a prompt that
// is recorded as a digest only that it is equal.
func (d *Driver) Contradicts(q engine.Query, t *engine.Task) (differs []string, told bool) {
	is := row(t)
	told = is.Prompt != nil && strings.TrimSpace(*is.Prompt) != ""
	if q.Method == nil || q.Inputs == nil {
		return nil, told
	}
	if sent, ok := q.Sent("prompt"); ok && told {
		text, plain := sent.AsText()
		if plain && !samePrompt(text, *is.Prompt) || !plain && !engine.Equals(sent, lockfile.Text(spec.NormalText(*is.Prompt))) {
			differs = append(differs, "prompt")
		}
	}
	if sent, ok := q.Sent("model"); ok {
		known := slices.ContainsFunc(models, func(m spec.Model) bool { return m.Name == is.Model })
		if text, plain := sent.AsText(); plain && known && text != is.Model {
			differs = append(differs, "model")
		}
	}
	if sent, ok := q.Sent("seed"); ok && is.Seed != nil {
		const exact = 1 << 53 // above, a JSON number may have lost digits
		if n, plain := sent.AsInt(); plain && n >= 0 && n < exact && *is.Seed != n {
			differs = append(differs, "seed")
		}
	}
	return differs, told
}

// Picture implements engine.Finder: the aspect ratio is seen by the picture.
func (d *Driver) Picture(q engine.Query, t *engine.Task, width, height int) (fits bool, other string) {
	sent, ok := q.Sent("aspect_ratio")
	shown, seen := row(t).AspectRatio, orientation(width, height)
	fits = (shown == "" || engine.Equals(sent, lockfile.Text(shown))) && engine.Equals(sent, lockfile.Text(seen))
	text, plain := sent.AsText()
	if ok && plain && q.Method != nil && q.Inputs != nil && width > 0 && height > 0 && shown != text && shown == seen {
		other = "it is " + shown + ", and its picture too"
	}
	return fits, other
}

// orientation is the aspect ratio that a picture has.
func orientation(width, height int) string {
	switch {
	case width > height:
		return "landscape"
	case width < height:
		return "portrait"
	}
	return "square"
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
	start := cutMark().ReplaceAllString(shown, "")
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
var cutMark = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:\s*(?:\.{3}|…|[\[(](?:\.{3}|…|truncated|cut|more)[\])]))+$`)
})

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
	return unwritten().ReplaceAllString(s, "?")
}

var unwritten = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[^ -~]+|\?+`) })

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

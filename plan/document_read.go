package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"assetform/config/engine"
	"assetform/lockfile/atomicfile"
)

// Bounds of a plan that somebody else made. 100,000 assets stay below them.
const (
	maxDocument = 256 << 20 // bytes
	maxValues   = 4_000_000 // keys, texts, numbers, lists and objects
	maxNesting  = 32
)

// ReadDocument reads what "plan --json" printed or "plan --out" saved. The
// file may come from a stranger's pull request: it is bounded in size, form
// and depth, holds nothing twice and nothing unknown, and its summary is that
// of its changes. What its texts say is not trusted; who shows them escapes
// them as those of any plan.
func ReadDocument(path string, engines engine.Registry) (*Document, *Saved, error) {
	b, err := atomicfile.ReadRegular(path, maxDocument)
	if err != nil {
		return nil, nil, fmt.Errorf("read plan: %w", err)
	}
	if err := plainJSON(b); err != nil {
		return nil, nil, fmt.Errorf("read plan %q: %w; make it again with \"assetform plan --json\"", path, err)
	}
	var version struct {
		SavedVersion int `json:"saved_version"`
	}
	if err := json.Unmarshal(b, &version); err != nil {
		return nil, nil, fmt.Errorf("read plan %q: it is no plan (%w)", path, err)
	}
	if version.SavedVersion != 0 {
		saved, err := ReadSaved(path, engines)
		if err != nil {
			return nil, nil, err
		}
		return &saved.Document, saved, saved.check(path)
	}
	d := &Document{Engines: engines}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(d); err != nil {
		return nil, nil, fmt.Errorf("read plan %q: it is no plan of this version (%w)", path, err)
	}
	return d, nil, d.check(path)
}

// plainJSON checks the form alone: one document without bombs, in which no
// key stands twice, whatever the case of its letters.
func plainJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	w := walk{dec: dec}
	if err := w.value(0); err != nil {
		return fmt.Errorf("it is cut, damaged or no plan (%w)", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the plan")
	}
	return nil
}

type walk struct {
	dec    *json.Decoder
	values int
}

func (w *walk) value(depth int) error {
	if w.values++; w.values > maxValues || depth > maxNesting {
		return errors.New("it holds more than a plan does")
	}
	token, err := w.dec.Token()
	if err != nil {
		return err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	keys := map[string]bool{}
	for w.dec.More() {
		if delim == '{' {
			token, err := w.dec.Token()
			if err != nil {
				return err
			}
			key, _ := token.(string) // the decoder takes nothing else
			folded := strings.ToLower(key)
			if keys[folded] {
				return fmt.Errorf("the key %q stands twice in one object", key)
			}
			keys[folded] = true
		}
		if err := w.value(depth + 1); err != nil {
			return err
		}
	}
	_, err = w.dec.Token()
	return err
}

// check holds a document to what Build makes.
func (d *Document) check(path string) error {
	if d.FormatVersion != FormatVersion {
		return fmt.Errorf("read plan %q: it has version %q, and this assetform reads %q", path, d.FormatVersion, FormatVersion)
	}
	sum := Summary{}
	var cost Cost
	for i := range d.Changes {
		c := &d.Changes[i]
		if err := c.check(); err != nil {
			return fmt.Errorf("read plan %q: change %d: %w", path, i+1, err)
		}
		if amount := d.amount(c); !sameAmount(amount, c.Amount) {
			return fmt.Errorf("read plan %q: change %d: its amount is not what its prices make of its cost", path, i+1)
		}
		sum.add(c.Action)
		cost.Add(c.Cost, c.Conditional)
	}
	if sum != d.Summary {
		return fmt.Errorf("read plan %q: its summary is not that of its changes", path)
	}
	if !plausible(d.Cost.Certain) || !plausible(d.Cost.Conditional) {
		return fmt.Errorf("read plan %q: no plan has its cost", path)
	}
	if !cost.Certain.Equal(d.Cost.Certain) || !cost.Conditional.Equal(d.Cost.Conditional) {
		return fmt.Errorf("read plan %q: its cost is not that of its changes", path)
	}
	if a := d.amounts(); !sameAmount(a.Amount, d.Amount) || !sameAmount(a.ConditionalAmount, d.ConditionalAmount) {
		return fmt.Errorf("read plan %q: its amount is not that of its changes", path)
	}
	if err := d.Base.check(d.Prices); err != nil {
		return fmt.Errorf("read plan %q: %w", path, err)
	}
	for _, m := range d.Diagnostics {
		if m.Severity != "error" && m.Severity != "warning" {
			return fmt.Errorf("read plan %q: a message has the severity %q", path, m.Severity)
		}
	}
	return nil
}

func (c *ChangeDocument) check() error {
	switch {
	case !slices.Contains(Actions, c.Action):
		return fmt.Errorf("%q is no action", c.Action)
	case c.Address == "":
		return errors.New("it has no address")
	case !plausible(c.Cost):
		return errors.New("no asset costs that")
	}
	return nil
}

// plausible tells that a cost can be added up, and shown.
func plausible(c engine.Cost) bool {
	const most = 1_000_000_000
	for unit, n := range c {
		if n < 0 || n > most || !unitName().MatchString(unit) {
			return false
		}
	}
	return true
}

var unitName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`) })

func (s *Summary) add(a Action) {
	switch a {
	case Create:
		s.Create++
	case Update:
		s.Update++
	case Restore:
		s.Restore++
	case Move:
		s.Move++
	case Import:
		s.Import++
	case Delete:
		s.Delete++
	case Forget:
		s.Forget++
	case NoOp:
		s.NoOp++
	}
}

package plan

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"assetform/config"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/lockfile/atomicfile"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// savedVersion is the version of the saved part of a plan file.
const savedVersion = 1

// Saved is a plan file: the document, and what it takes to plan again and to
// see that nothing changed in between. It holds no secret: sensitive
// variables stand in it as digests under a salt of this plan alone.
type Saved struct {
	Document
	SavedVersion int                      `json:"saved_version"`
	Options      SavedOptions             `json:"options"`
	Evaluated    string                   `json:"evaluated"` // digest of everything that evaluation read
	Lock         string                   `json:"lock"`      // digest of the lock file, or "absent"
	Variables    map[string]SavedVariable `json:"variables"`
	Salt         string                   `json:"salt"`
	// Sum is over all of the above: what is shown is what was saved, and what
	// is applied is what was shown.
	Sum string `json:"sum"`
}

// SavedOptions are the options that the plan was made with.
type SavedOptions struct {
	Targets          []string `json:"target,omitempty"`
	Excludes         []string `json:"exclude,omitempty"`
	Replaces         []string `json:"replace,omitempty"`
	Unprotect        []string `json:"unprotect,omitempty"`
	OverwriteDrifted bool     `json:"overwrite_drifted,omitempty"`
	OverwriteAdopted []string `json:"overwrite_adopted,omitempty"`
	Unpicked         bool     `json:"unpicked,omitempty"`
	History          *int     `json:"history,omitempty"` // nil: as many commits as usual
	// Max bounds the cost by unit. Each is a member of its own, such as
	// "max_videos".
	Max      map[string]int `json:"-"`
	Provider string         `json:"provider,omitempty"`
	Remote   string         `json:"remote,omitempty"` // the flag of that name; "": it was not asked
}

// maxMember is what the members of Max begin with.
const maxMember = "max_"

// plainOptions are the options without Max.
type plainOptions SavedOptions

// MarshalJSON implements json.Marshaler.
func (o SavedOptions) MarshalJSON() ([]byte, error) {
	b, err := json.Marshal(plainOptions(o))
	if err != nil {
		return nil, err
	}
	b = b[:len(b)-1]
	for _, unit := range slices.Sorted(maps.Keys(o.Max)) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "%q:%d", maxMember+unit, o.Max[unit])
	}
	return append(b, '}'), nil
}

// UnmarshalJSON implements json.Unmarshaler. It refuses what it does not know.
func (o *SavedOptions) UnmarshalJSON(b []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil {
		return err
	}
	bounds := map[string]int{}
	for name, value := range members {
		unit, isMax := strings.CutPrefix(name, maxMember)
		if !isMax {
			continue
		}
		var n int
		if err := json.Unmarshal(value, &n); err != nil || n < 0 || !unitName().MatchString(unit) {
			return fmt.Errorf("option %q is no bound", name)
		}
		bounds[unit] = n
		delete(members, name)
	}
	rest, err := json.Marshal(members)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(rest))
	dec.DisallowUnknownFields()
	var plain plainOptions
	if err := dec.Decode(&plain); err != nil {
		return err
	}
	*o = SavedOptions(plain)
	if len(bounds) > 0 {
		o.Max = bounds
	}
	return nil
}

// SavedVariable is the value of an ordinary variable, or the salted digest of
// a sensitive one.
type SavedVariable struct {
	Type   json.RawMessage `json:"type,omitempty"`
	Value  json.RawMessage `json:"value,omitempty"`
	Digest string          `json:"digest,omitempty"`
}

// NewSaved binds a document to what it was made from. lock is the text of the
// lock file, nil when there is none.
func NewSaved(d Document, p *config.Project, lock []byte, o SavedOptions) (*Saved, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return nil, fmt.Errorf("draw a salt: %w", err)
	}
	s := &Saved{
		Document: d, SavedVersion: savedVersion, Options: o,
		Evaluated: evaluatedDigest(p), Lock: lockfile.Digest(lock),
		Variables: map[string]SavedVariable{}, Salt: hex.EncodeToString(salt),
	}
	for _, v := range p.Variables {
		if v.OnlyKey {
			continue
		}
		sv, err := saveVariable(v, salt)
		if err != nil {
			return nil, err
		}
		s.Variables[v.Name] = sv
	}
	var err error
	s.Sum, err = s.sum()
	return s, err
}

// sum is the digest of everything that the plan file says.
func (s *Saved) sum() (string, error) {
	all := *s
	all.Sum = ""
	b, err := Encode(all)
	if err != nil {
		return "", fmt.Errorf("encode plan: %w", err)
	}
	var line bytes.Buffer // raw values have the indent of the file they came from
	if err := json.Compact(&line, b); err != nil {
		return "", fmt.Errorf("encode plan: %w", err)
	}
	sum := sha256.Sum256(line.Bytes())
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// Edited reports whether the plan file is not as it was written.
func (s *Saved) Edited() bool {
	sum, err := s.sum()
	return err != nil || sum != s.Sum
}

func saveVariable(v config.VariableValue, salt []byte) (SavedVariable, error) {
	typ, err := ctyjson.MarshalType(v.Value.Type())
	if err != nil {
		return SavedVariable{}, fmt.Errorf("save variable %q: %w", v.Name, err)
	}
	value, err := ctyjson.Marshal(v.Value, v.Value.Type())
	if err != nil {
		return SavedVariable{}, fmt.Errorf("save variable %q: %w", v.Name, err)
	}
	if !v.Sensitive {
		return SavedVariable{Type: typ, Value: value}, nil
	}
	mac := hmac.New(sha256.New, salt)
	mac.Write(typ)
	mac.Write([]byte{0})
	mac.Write(value)
	return SavedVariable{Digest: "sha256:" + hex.EncodeToString(mac.Sum(nil))}, nil
}

// Recorded gives the values of the ordinary variables, with which an apply
// plans again.
func (s *Saved) Recorded() (map[string]cty.Value, error) {
	values := map[string]cty.Value{}
	for name, v := range s.Variables {
		if v.Digest != "" {
			continue
		}
		typ, err := ctyjson.UnmarshalType(v.Type)
		if err != nil {
			return nil, fmt.Errorf("read variable %q: %w", name, err)
		}
		if values[name], err = ctyjson.Unmarshal(v.Value, typ); err != nil {
			return nil, fmt.Errorf("read variable %q: %w", name, err)
		}
	}
	return values, nil
}

// Stale says in words why the plan does not describe today's project any
// more; an empty text says that it does. d is the document of a plan made
// again with the recorded options.
func (s *Saved) Stale(d Document, p *config.Project, lock []byte) string {
	switch {
	case s.Lock != lockfile.Digest(lock):
		if s.Lock == lockfile.Absent {
			return "there was no lock when it was made, and now there is one"
		}
		return "the lock has changed since it was made"
	case s.Evaluated != evaluatedDigest(p):
		return "a configuration file, or a file that it reads, has changed since it was made"
	}
	salt, err := hex.DecodeString(s.Salt)
	if err != nil {
		return "its salt is damaged"
	}
	for _, v := range p.Variables {
		if v.OnlyKey {
			continue
		}
		today, err := saveVariable(v, salt)
		if err != nil || !today.equal(s.Variables[v.Name]) {
			return fmt.Sprintf("variable %q has another value than when it was made", v.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Origins)) {
		if then := s.Origins[name]; then != d.Origins[name] {
			return fmt.Sprintf("provider %s leads to %s, and led to %s when it was made", name, d.Origins[name], cmp.Or(then, "nowhere"))
		}
	}
	now, err1 := Encode(Document{FormatVersion: d.FormatVersion, Changes: d.Changes, Summary: d.Summary, Cost: d.Cost})
	then, err2 := Encode(Document{FormatVersion: s.FormatVersion, Changes: s.Changes, Summary: s.Summary, Cost: s.Cost})
	if err1 != nil || err2 != nil || !bytes.Equal(now, then) {
		return s.changed(d.Changes)
	}
	return ""
}

// changed says which of what no digest is of has changed, as far as that shows in
// what would be done.
func (s *Saved) changed(now []ChangeDocument) string {
	then := map[string]ChangeDocument{}
	for _, c := range s.Changes {
		then[c.Address] = c
	}
	for _, c := range now {
		was, planned := then[c.Address]
		is := func(r Reason) bool { return slices.Contains(c.Reasons, r) && !slices.Contains(was.Reasons, r) }
		a, err1 := Encode(c)
		b, err2 := Encode(was)
		switch {
		case planned && err1 == nil && err2 == nil && bytes.Equal(a, b):
			continue
		case planned && is(ReasonResume):
			return fmt.Sprintf("the journal has changed since it was made: a request for %s has been accepted", c.Address)
		case planned && c.Action == Restore && was.Action != Restore:
			return fmt.Sprintf("the result of %s is stored now, and was not when it was made", c.Address)
		}
		return fmt.Sprintf("files on disk, the journal or stored results have changed since it was made, and something else is to be done for %s", c.Address)
	}
	return "files on disk, the journal or stored results have changed since it was made"
}

func (v SavedVariable) equal(w SavedVariable) bool {
	return bytes.Equal(compact(v.Type), compact(w.Type)) && bytes.Equal(compact(v.Value), compact(w.Value)) && v.Digest == w.Digest
}

// compact undoes the indent that the plan file gives to raw values.
func compact(raw json.RawMessage) []byte {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return raw
	}
	return b.Bytes()
}

// Shown is what people and programs see of a plan file: the plan, and what it
// was made with. Of a sensitive variable only its name shows.
type Shown struct {
	Document
	Options   SavedOptions             `json:"options"`
	Variables map[string]ShownVariable `json:"variables"`
}

// ShownVariable is the value of an ordinary variable, or a mark in its place.
type ShownVariable struct {
	Value     json.RawMessage `json:"value,omitempty"`
	Sensitive bool            `json:"sensitive,omitempty"`
}

// Shown returns what may be seen of the plan file.
func (s *Saved) Shown() Shown {
	shown := Shown{Document: s.Document, Options: s.Options, Variables: map[string]ShownVariable{}}
	for name, v := range s.Variables {
		shown.Variables[name] = ShownVariable{Value: v.Value, Sensitive: v.Digest != ""}
	}
	return shown
}

// SameReads tells whether two evaluations read the same files with the same
// content.
func SameReads(a, b *config.Project) bool { return maps.Equal(a.Reads, b.Reads) }

// evaluatedDigest covers every file that evaluation read.
func evaluatedDigest(p *config.Project) string {
	h := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(p.Reads)) {
		sum := p.Reads[path]
		fmt.Fprintf(h, "%d:%s %x\n", len(path), path, sum)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// WriteSaved writes a plan file that only its owner can read.
func WriteSaved(path string, s *Saved) error {
	b, err := Encode(s)
	if err != nil {
		return fmt.Errorf("encode plan: %w", err)
	}
	if err := atomicfile.Write(path, 0o600, b); err != nil {
		return fmt.Errorf("write plan %q: %w", path, err)
	}
	return nil
}

// maxSaved bounds a plan file: 100,000 assets with long prompts stay below it.
const maxSaved = 512 << 20

// ReadSaved reads a plan file. It refuses what is cut, damaged or of another
// version.
func ReadSaved(path string, engines engine.Registry) (*Saved, error) {
	b, err := atomicfile.ReadRegular(path, maxSaved)
	if err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	var version struct {
		FormatVersion string `json:"format_version"`
		SavedVersion  int    `json:"saved_version"`
	}
	if err := json.Unmarshal(b, &version); err != nil {
		return nil, fmt.Errorf("read plan %q: it is cut or damaged (%w); make it again with \"assetform plan --out\"", path, err)
	}
	if version.SavedVersion == 0 {
		return nil, fmt.Errorf("read plan %q: it is no saved plan; make one with \"assetform plan --out\"", path)
	}
	if version.FormatVersion != FormatVersion || version.SavedVersion != savedVersion {
		return nil, fmt.Errorf("read plan %q: it has version %s/%d, and this assetform reads %s/%d; make it again", path, version.FormatVersion, version.SavedVersion, FormatVersion, savedVersion)
	}
	s := &Saved{}
	s.Engines = engines
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(s); err != nil {
		return nil, fmt.Errorf("read plan %q: %w", path, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read plan %q: something follows the plan", path)
	}
	return s, nil
}

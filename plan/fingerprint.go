package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"

	"assetform/config"
	"assetform/config/address"
	"assetform/config/engine"
	"assetform/config/worktree"
	"assetform/lockfile"
)

// TriggersInput is the key under which trigger hashes stand in recorded
// inputs, and RevisionInput that of a revision other than 0.
const (
	TriggersInput = "replace_triggered_by"
	RevisionInput = "revision"
	// CandidateInput is the number of a candidate that has no other number which
	// makes it another take.
	CandidateInput = "candidate"
	// CandidatesInput is how many candidates an asset asked for when a person's
	// file took the place of all of them: it does until more are asked for.
	CandidatesInput = "candidates"
	// NamesInput and RecordsInput belong to inputs that are lists.
	NamesInput   = engine.NamesInput
	RecordsInput = engine.RecordsInput
	// AlgorithmInput is the way in which a result was derived, where that is not
	// the first. It is no reason to make one again, since an upgrade makes
	// nothing by itself; but what is made has another hash than what was.
	AlgorithmInput = "algorithm"
	// CreditInput and RightsInput are what derived pictures say of where they
	// came from.
	CreditInput = "credit"
	RightsInput = "rights"
)

// Fingerprint is everything that decides whether a result is still the right
// one. Its hash covers, as canonical JSON: the hash's version, the provider's
// type, the method, the parameters without those that equal their documented
// default, the input images by content hash, the revision and the triggers'
// content hashes. Labels, addresses, output paths, URLs and keys are not in
// it, so that renaming, moving and re-hosting cost nothing.
//
// The form is fixed by golden vectors: changing it would make every project's
// lock look out of date. A new form needs a new version in front of the hash
// and a way to recognise the old one.
type Fingerprint struct {
	Provider string
	// OfFiles says that the content of an upstream is that of its output, not
	// what was delivered for it: so it is for what is derived, since outputs
	// are in every clone.
	OfFiles  bool
	Method   string
	Params   []config.Param
	Images   []Image
	Revision int64
	Triggers []Trigger
	// Candidate is the number of a candidate above the first, unless a parameter
	// makes it another take; else 0.
	Candidate int64
}

// Image is an input image by content.
type Image struct {
	Name     string
	List     bool
	Member   string               // its name where the members of the list have names
	Upstream address.Address      // zero for a file
	Path     string               // relative to the root module's directory
	Hash     lockfile.ContentHash // zero while the upstream is to be generated
}

// Trigger is an asset of replace_triggered_by.
type Trigger struct {
	Address address.Address
	Hash    lockfile.ContentHash // zero while it is to be generated
}

// Known tells whether every image and trigger has its content.
func (f *Fingerprint) Known() bool {
	for _, im := range f.Images {
		if im.Hash.IsZero() {
			return false
		}
	}
	for _, t := range f.Triggers {
		if t.Hash.IsZero() {
			return false
		}
	}
	return true
}

// Content is what an asset has for those that take it. What is not known is
// zero.
type Content struct {
	Delivered lockfile.ContentHash // what a provider delivered
	File      lockfile.ContentHash // what stands at the output, of that or converted
}

// ContentOf is the content that an entry has for others; nil has none.
func ContentOf(e *lockfile.Entry) Content {
	if e == nil {
		return Content{}
	}
	return Content{e.UpstreamHash(), e.ContentHash}
}

// Of returns the content that a fingerprint has of an upstream.
func (f *Fingerprint) Of(c Content) lockfile.ContentHash {
	if f.OfFiles {
		return c.File
	}
	return c.Delivered
}

// With returns a copy in which the upstreams that contents knows have their
// content.
func (f Fingerprint) With(contents func(address.Address) Content) Fingerprint {
	f.Images = slices.Clone(f.Images)
	for i := range f.Images {
		if im := &f.Images[i]; im.Hash.IsZero() && !im.Upstream.IsZero() {
			im.Hash = f.Of(contents(im.Upstream))
		}
	}
	f.Triggers = slices.Clone(f.Triggers)
	for i := range f.Triggers {
		if t := &f.Triggers[i]; t.Hash.IsZero() {
			t.Hash = f.Of(contents(t.Address))
		}
	}
	return f
}

// Hash is the inputs hash, version 1. The fingerprint must be Known.
func (f *Fingerprint) Hash() lockfile.InputsHash {
	return lockfile.InputsHash(sha256.Sum256(f.canonical(nil)))
}

// canonical is the text that is hashed. Images and triggers without content
// are written as the name that alias gives their asset.
func (f *Fingerprint) canonical(alias func(address.Address) string) []byte {
	content := func(h lockfile.ContentHash, a address.Address) string {
		if h.IsZero() && alias != nil {
			return "upstream:" + alias(a)
		}
		return h.String()
	}
	params := map[string]lockfile.Value{}
	for _, p := range f.Params {
		if !p.IsDefault {
			params[p.Name] = value(p)
		}
	}
	images := map[string]any{}
	for _, im := range f.Images {
		h := content(im.Hash, im.Upstream)
		if im.List {
			list, _ := images[im.Name].([]string)
			images[im.Name] = append(list, h)
		} else {
			images[im.Name] = h
		}
	}
	hashes := make([]string, len(f.Triggers))
	for i, t := range f.Triggers {
		hashes[i] = content(t.Hash, t.Address)
	}
	slices.Sort(hashes)
	return hashedText(f.Provider, f.Method, params, images, f.Revision, f.Candidate, hashes)
}

// hashedText is the text of the inputs hash, version 1. Triggers are sorted.
func hashedText(provider, method string, params map[string]lockfile.Value, images map[string]any, revision, candidate int64, triggers []string) []byte {
	doc := map[string]any{
		"hash_version": lockfile.HashVersion,
		"provider":     provider,
		"method":       method,
		"parameters":   params,
		"images":       images,
		"revision":     revision,
	}
	if len(triggers) > 0 {
		doc["triggers"] = triggers
	}
	if candidate > 0 {
		doc[CandidateInput] = candidate
	}
	return canonicalJSON(doc)
}

// canonicalJSON is JSON with sorted keys, no insignificant space and only the
// escapes that JSON demands.
func canonicalJSON(v any) []byte {
	var b appendWriter
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("canonical JSON of plain values: " + err.Error()) // strings, numbers, booleans, lists and maps only
	}
	return b[:len(b)-1]
}

type appendWriter []byte

func (w *appendWriter) Write(p []byte) (int, error) { *w = append(*w, p...); return len(p), nil }

// Algorithm is the way in which a result with this fingerprint is derived.
func (f *Fingerprint) Algorithm() int64 {
	for _, p := range f.Params {
		if p.Name == AlgorithmInput {
			return p.Value.(int64)
		}
	}
	return 0
}

// Inputs is the recorded form: what the lock's entry of a result with this
// fingerprint holds. The fingerprint must be Known.
func (f *Fingerprint) Inputs() lockfile.Inputs {
	in := lockfile.Inputs{}
	for _, p := range f.Params {
		if !p.IsDefault {
			in[p.Name] = recorded(p)
		}
	}
	lists := map[string][]string{}
	for _, im := range f.Images {
		if im.List {
			lists[im.Name] = append(lists[im.Name], im.Hash.String())
		} else {
			in[im.Name] = lockfile.Text(im.Hash.String())
		}
	}
	for name, list := range lists {
		in[name] = lockfile.Strings(list)
	}
	if f.Revision != 0 {
		in[RevisionInput] = lockfile.Int(f.Revision)
	}
	if f.Candidate != 0 {
		in[CandidateInput] = lockfile.Int(f.Candidate)
	}
	if len(f.Triggers) > 0 {
		hashes := make([]string, len(f.Triggers))
		for i, t := range f.Triggers {
			hashes[i] = t.Hash.String()
		}
		slices.Sort(hashes)
		in[TriggersInput] = lockfile.Strings(hashes)
	}
	return in
}

// recorded is the form in which a parameter's value stands in lock and plan:
// a sensitive one only as a digest.
func recorded(p config.Param) lockfile.Value {
	if p.Sensitive {
		return lockfile.Sensitive(lockfile.HashBytes(canonicalJSON(value(p))))
	}
	return value(p)
}

// SameInput tells whether two recorded values are of the same input. One that
// became sensitive, or is not any more, stands as a digest on one side alone.
func SameInput(a, b lockfile.Value) bool {
	x, xSecret := a.AsSensitive()
	y, ySecret := b.AsSensitive()
	switch {
	case xSecret && !ySecret:
		return x == lockfile.HashBytes(canonicalJSON(b))
	case ySecret && !xSecret:
		return y == lockfile.HashBytes(canonicalJSON(a))
	}
	return a.Equal(b) || sameText(a, b)
}

// sameText tells whether two texts are the same but for line ends and the byte
// order marks of the files that they were made of: earlier releases recorded
// these, and an upgrade must not regenerate anything.
func sameText(a, b lockfile.Value) bool {
	x, xText := a.AsText()
	y, yText := b.AsText()
	return xText && yText && (plainText(x) == plainText(y) || strings.Contains(x+y, "\r") && withoutCR(x) == withoutCR(y))
}

// withoutCR is a text as functions make it today of lines whose ends they
// formerly left a CR of: split("\n", file("list.txt")).
func withoutCR(s string) string { return plainText(strings.ReplaceAll(s, "\r", "")) }

func plainText(s string) string {
	return engine.NormalText(strings.ReplaceAll(s, "\ufeff", ""))
}

// formerly does what sameText does for a recorded digest: it is of the text as
// it came from a file with a byte order mark, with lone CRs, or both.
func formerly(was lockfile.Value, p config.Param) bool {
	digest, secret := was.AsSensitive()
	text, isText := p.Value.(string)
	if !secret || !isText {
		return false
	}
	lone := strings.ReplaceAll(text, "\n", "\r")
	return slices.ContainsFunc([]string{"\ufeff" + text, lone, "\ufeff" + lone}, func(old string) bool {
		return digest == lockfile.HashBytes(canonicalJSON(lockfile.Text(old)))
	})
}

func value(p config.Param) lockfile.Value {
	switch v := p.Value.(type) {
	case int64:
		return lockfile.Int(v)
	case float64:
		return lockfile.Number(v)
	case bool:
		return lockfile.Bool(v)
	case string:
		return lockfile.Text(v)
	case []string:
		return lockfile.Strings(v)
	case []float64:
		return lockfile.Numbers(v)
	}
	panic("parameter " + p.Name + " has a value of no type")
}

// NewFingerprint takes a spec's inputs; files gives the content of input
// files; nil: none is known. Upstreams have no content yet.
func NewFingerprint(engines engine.Registry, s *config.Spec, files map[string]worktree.State) Fingerprint {
	f := Fingerprint{
		Provider: s.Provider.Type,
		OfFiles:  engines.Derives(s.Provider.Type),
		Method:   s.Method.Name,
		Params:   s.Params,
		Revision: s.Revision,
	}
	var names []string
	for _, in := range s.Inputs {
		im := Image{Name: in.Name, List: in.List, Member: in.Member, Upstream: in.Upstream, Path: in.Path}
		if in.Upstream.IsZero() {
			im.Hash = files[in.Path].Hash
			if text := lockfile.ContentHash(in.Text); !text.IsZero() && !im.Hash.IsZero() {
				im.Hash = text
			}
		}
		f.Images = append(f.Images, im)
		if in.Member != "" {
			names = append(names, in.Member)
		}
	}
	set := func(key string) bool { p, ok := s.Param(key); return ok && !p.IsDefault }
	if n := s.Method.Algorithm(set); n > 0 {
		f.Params = append(slices.Clip(f.Params), config.Param{Name: AlgorithmInput, Value: n})
	}
	if names != nil {
		f.Params = append(slices.Clip(f.Params), config.Param{Name: NamesInput, Value: names})
	}
	for _, t := range s.Triggers {
		f.Triggers = append(f.Triggers, Trigger{Address: t})
	}
	slices.SortFunc(f.Triggers, func(a, b Trigger) int { return cmp.Compare(a.Address.String(), b.Address.String()) })
	return f
}

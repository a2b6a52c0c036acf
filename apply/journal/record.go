package journal

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
)

// State is how far a paid request has come.
type State string

// The states of an intent. What follows what is the applier's business: the
// journal takes the last record's word.
const (
	// StateClaimed: a claim of the remote is about to be taken, under which a
	// request could be sent. None was.
	StateClaimed State = "claimed"
	// StateIntent: a request is about to be sent. If nothing follows, nobody
	// knows whether it was.
	StateIntent State = "intent"
	// StateUnknown: the request was sent and its outcome is not known.
	StateUnknown State = "unknown"
	// StateNotCreated: no task was created and the asset is still wanted: the
	// request never left, a limit was hit, or the task list settled it.
	StateNotCreated State = "not_created"
	// StateRefused: the server refused this request for good.
	StateRefused State = "refused"
	// StateSubmitted: the server gave a task id.
	StateSubmitted State = "submitted"
	// StateAttached: a person, or the task list, said which task is ours.
	StateAttached State = "attached"
	// StateCompleted: the server says that the task is finished. Its result's
	// URL is not recorded, since it may be a credential: it is asked for again.
	StateCompleted State = "completed"
	// StateRejected: what the task delivered is in the store and cannot be the
	// asset's result; the next run looks at it again.
	StateRejected State = "rejected"
	// StateStored: the result is in the store, under its inputs hash.
	StateStored State = "stored"
	// StateFailed: the task failed.
	StateFailed State = "failed"
	// StateForgotten: a person gave the request up.
	StateForgotten State = "forgotten"
	// StateDone: the result is in the lock.
	StateDone State = "done"
)

// States are the states in the order in which a request may come to them.
var States = []State{
	StateClaimed, StateIntent, StateUnknown, StateNotCreated, StateRefused, StateSubmitted, StateAttached,
	StateCompleted, StateRejected, StateStored, StateFailed, StateForgotten, StateDone,
}

// Unsettled reports whether a task may have been created that nobody knows.
func (s State) Unsettled() bool { return s == StateIntent || s == StateUnknown }

// Paid reports whether a task exists whose result is still to be fetched.
func (s State) Paid() bool {
	return s == StateSubmitted || s == StateAttached || s == StateCompleted || s == StateRejected
}

// Final reports whether nothing is left to do for the intent.
func (s State) Final() bool {
	switch s {
	case StateNotCreated, StateRefused, StateFailed, StateForgotten, StateDone:
		return true
	}
	return false
}

// CameToNothing reports whether there is no task, or none with a result.
func (s State) CameToNothing() bool {
	return s == StateNotCreated || s == StateRefused || s == StateFailed
}

func (s State) known() bool {
	return s.Unsettled() || s.Paid() || s.Final() || s == StateStored || s == StateClaimed
}

// Record is one line of the journal: an intent's new state and what is known
// since. The first record of an intent says everything that was known before
// the request; a later one has ID and State, and of the rest only what is new:
// its zero fields leave what was recorded before. Error is the exception, it
// belongs to its own state. Texts must be free of secrets.
type Record struct {
	ID    string // of the intent, from NewID
	State State
	Time  time.Time // when the state was reached; zero: now

	Address    address.Address
	Provider   string // its type
	Origin     string // scheme, host and port of the API
	Method     string
	Kind       address.Kind
	Model      string
	InputsHash lockfile.InputsHash
	Inputs     lockfile.Inputs // in the lock's form; must not be changed
	// Requested tells that a person asked for this generation (--replace).
	Requested bool
	// Candidate is the number of the candidate that is generated, of an asset
	// that has several; else 0.
	Candidate      int
	Cost           engine.Cost
	IdempotencyKey string
	Baseline       Baseline // of the run that sends the request
	// KeyCheck tells, for this intent alone, whether a key is the one that the
	// request is sent with. It is no key and gives none away.
	KeyCheck string
	// Claim is the number of the claim in the remote that the request is sent
	// under, whose owner is the intent's ID; 0: there is none.
	Claim    int
	ClaimKey string // what the claim tells of the API key
	// ClaimCarried tells that the key is that of a claim below.
	ClaimCarried bool
	// ClaimEnded tells that nothing is to be written to the claim any more.
	ClaimEnded bool

	TaskID string
	// Confirmed tells that a person has said that the task is ours whatever the
	// server shows of it.
	Confirmed bool
	Content   lockfile.ContentHash // of the stored or refused result
	Error     string               // in words, redacted
}

// NewID returns a random name for an intent, of 26 letters and digits.
// It is also a good Idempotency-Key.
func NewID() string { return rand.Text() }

// recordJSON is a Record as it is written.
type recordJSON struct {
	ID             string               `json:"intent"`
	State          State                `json:"state"`
	Time           time.Time            `json:"time"`
	Created        time.Time            `json:"created,omitzero"` // of a compacted intent
	Address        string               `json:"address,omitempty"`
	Origin         string               `json:"origin,omitempty"`
	Provider       string               `json:"provider,omitempty"`
	Method         string               `json:"method,omitempty"`
	Kind           address.Kind         `json:"kind,omitempty"`
	Model          string               `json:"model,omitempty"`
	Prompt         lockfile.ContentHash `json:"prompt,omitzero"` // of earlier releases, not used
	InputsHash     lockfile.InputsHash  `json:"inputs_hash,omitzero"`
	Inputs         lockfile.Inputs      `json:"inputs,omitempty"`
	Requested      bool                 `json:"requested,omitempty"`
	Candidate      int                  `json:"candidate,omitempty"`
	Cost           engine.Cost          `json:"cost,omitzero"`
	IdempotencyKey string               `json:"idempotency_key,omitempty"`
	Baseline       Baseline             `json:"baseline,omitzero"`
	KeyCheck       string               `json:"key_check,omitempty"`
	Claim          int                  `json:"claim,omitempty"`
	ClaimKey       string               `json:"claim_key,omitempty"`
	ClaimCarried   bool                 `json:"claim_carried,omitempty"`
	ClaimEnded     bool                 `json:"claim_ended,omitempty"`
	TaskID         string               `json:"task_id,omitempty"`
	Confirmed      bool                 `json:"confirmed,omitempty"`
	Content        lockfile.ContentHash `json:"content,omitzero"`
	Error          string               `json:"error,omitempty"`
}

// maxRecordBytes bounds one line. A prompt of the API's greatest length with
// all its hashes is far below it.
const maxRecordBytes = 1 << 20

// encodeRecord returns the record's line with its line break.
func encodeRecord(r Record, created time.Time) ([]byte, error) {
	w := recordJSON{
		ID: r.ID, State: r.State, Time: r.Time, Created: created,
		Origin: r.Origin, Provider: r.Provider, Method: r.Method, Kind: r.Kind, Model: r.Model,
		InputsHash: r.InputsHash, Inputs: r.Inputs,
		Requested: r.Requested, Candidate: r.Candidate, Cost: r.Cost, IdempotencyKey: r.IdempotencyKey, Baseline: r.Baseline, KeyCheck: r.KeyCheck,
		Claim: r.Claim, ClaimKey: r.ClaimKey, ClaimCarried: r.ClaimCarried, ClaimEnded: r.ClaimEnded,
		TaskID: r.TaskID, Confirmed: r.Confirmed, Content: r.Content, Error: r.Error,
	}
	if !r.Address.IsZero() {
		w.Address = r.Address.String()
		// What is written must be readable when money depends on it.
		if back, err := address.Parse(w.Address); err != nil || back != r.Address {
			return nil, fmt.Errorf("address %q cannot be read back", w.Address)
		}
	}
	b, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	if len(b) >= maxRecordBytes {
		return nil, fmt.Errorf("the record has %d bytes, more than %d", len(b), maxRecordBytes)
	}
	return append(b, '\n'), nil
}

// normalized returns the record as it will be read back.
func (r Record) normalized() Record {
	r.Time = r.Time.UTC().Round(0)
	for _, s := range []*string{&r.ID, &r.Origin, &r.Provider, &r.Method, &r.Model, &r.IdempotencyKey, &r.TaskID, &r.Error} {
		*s = strings.ToValidUTF8(*s, "\uFFFD")
	}
	return r
}

// decodeRecord reads one line. Unknown fields are damage: a task id whose name
// lost a bit is a paid task.
func decodeRecord(line []byte) (r Record, created time.Time, err error) {
	return decodeLike(&plain{}, line)
}

// decodeLike reads one line beside those that were read before.
func decodeLike(p *plain, line []byte) (r Record, created time.Time, err error) {
	w, ok := p.read(line)
	if !ok {
		if w, err = readRecord(line); err != nil {
			return Record{}, time.Time{}, err
		}
	}
	r = Record{
		ID: w.ID, State: w.State, Time: w.Time.UTC(),
		Origin: w.Origin, Provider: w.Provider, Method: w.Method, Kind: w.Kind, Model: w.Model,
		InputsHash: w.InputsHash, Inputs: w.Inputs,
		Requested: w.Requested, Candidate: w.Candidate, Cost: w.Cost, IdempotencyKey: w.IdempotencyKey, Baseline: w.Baseline, KeyCheck: w.KeyCheck,
		Claim: w.Claim, ClaimKey: w.ClaimKey, ClaimCarried: w.ClaimCarried, ClaimEnded: w.ClaimEnded,
		TaskID: w.TaskID, Confirmed: w.Confirmed, Content: w.Content, Error: w.Error,
	}
	if w.Address != "" {
		if r.Address, err = address.Parse(w.Address); err != nil {
			return Record{}, time.Time{}, err
		}
	}
	return r, w.Created.UTC(), nil
}

// readRecord reads any record that JSON can be of.
func readRecord(line []byte) (w recordJSON, err error) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return recordJSON{}, err
	}
	if len(bytes.TrimSpace(line[dec.InputOffset():])) > 0 {
		return recordJSON{}, errors.New("something follows the record")
	}
	return w, nil
}

// Baseline is where an origin's task list ended when a run that sends to it
// began: what is above was created since. The zero value says that there was
// no list to be read.
type Baseline struct {
	Task  string               `json:"task,omitempty"` // the newest task's id
	Row   lockfile.ContentHash `json:"row,omitzero"`   // what the list showed of it
	Empty bool                 `json:"empty,omitempty"`
}

// None tells that nothing can be judged by this baseline.
func (b Baseline) None() bool { return b == Baseline{} }

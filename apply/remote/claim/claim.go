package claim

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// State is how far the owner of a claim has come.
type State string

// The states, in the order in which they are come to.
const (
	Claimed  State = "claimed"  // nothing was sent under it
	Sending  State = "sending"  // a request may have been sent
	Task     State = "task"     // it was accepted
	Released State = "released" // whoever wants the inputs may go on
	Failed   State = "failed"   // the task failed
)

// Ended tells that a claim binds nobody any more.
func (s State) Ended() bool { return s == Released || s == Failed }

func (s State) known() bool { return s.Ended() || s == Claimed || s == Sending || s == Task }

// Claim is what the file of a claim says.
type Claim struct {
	Owner string // random
	// Key tells who has the same API key for the same origin, and gives none
	// away.
	Key    string
	Origin string // of the API
	State  State

	IdempotencyKey string // of the request
	Baseline       string // where the task list ended before it
	TaskID         string
	Words          string // why the task failed
}

type claimJSON struct {
	Version        int    `json:"version"`
	Owner          string `json:"owner"`
	Key            string `json:"key"`
	State          State  `json:"state"`
	IdempotencyKey string `json:"idempotency_key,omitempty"`
	Baseline       string `json:"baseline,omitempty"`
	Origin         string `json:"origin"`
	TaskID         string `json:"task_id,omitempty"`
	Words          string `json:"words,omitempty"`
}

// maxBytes bounds what is read as a claim.
const maxBytes = 64 << 10

// maxText bounds a text of a server in a claim, in bytes.
const maxText = 4 << 10

// isWord tells whether a text can be what owners and keys are: it is printed and
// sent as it is.
func isWord(text string) bool {
	return text != "" && len(text) <= 200 && !strings.ContainsFunc(text, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_.:", r))
	})
}

func encode(c Claim) ([]byte, error) {
	if len(c.Words) > maxText {
		c.Words = strings.ToValidUTF8(c.Words[:maxText], "")
	}
	b, err := json.Marshal(claimJSON{1, c.Owner, c.Key, c.State, c.IdempotencyKey, c.Baseline, c.Origin, c.TaskID, c.Words})
	return append(b, '\n'), err
}

func decode(b []byte) (Claim, error) {
	var j claimJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return Claim{}, err
	}
	c := Claim{j.Owner, j.Key, j.Origin, j.State, j.IdempotencyKey, j.Baseline, j.TaskID, j.Words}
	switch {
	case j.Version != 1:
		return c, fmt.Errorf("it has version %d, and this release knows version 1", j.Version)
	case !isWord(c.Owner) || !c.State.known():
		return c, errors.New("it names no owner or no state that is known")
	case c.IdempotencyKey != "" && !isWord(c.IdempotencyKey) || len(c.TaskID) > maxText || len(c.Words) > maxText:
		return c, errors.New("it has a text that nobody writes into one")
	case c.State == Task && c.TaskID == "" || c.State == Sending && c.IdempotencyKey == "":
		return c, fmt.Errorf("state %q does not name what it is about", c.State)
	}
	return c, nil
}

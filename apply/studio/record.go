package studio

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strconv"
	"time"

	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
	"assetform/config/address"
	"assetform/config/engine"
)

// A record is everything that is known of a task but its input images and its
// result, and the one thing that is kept durably: usage, idempotency and the
// queue are rebuilt from the records at start.
type record struct {
	ID      uint64 `json:"id"`
	Account string `json:"account"` // Key.Name

	Method string `json:"method"`
	Prompt string `json:"prompt,omitempty"`
	Model  string `json:"model,omitempty"`
	Aspect string `json:"aspect,omitempty"`
	Seed   int64  `json:"seed"`
	Loop   bool   `json:"loop,omitempty"`
	// More are the parameters that have no field of their own.
	More       map[string]any `json:"more,omitempty"`
	References int            `json:"references,omitempty"`
	HasInputs  bool           `json:"has_inputs,omitempty"`
	// Unwritten says that the prompt must not be read on the result.
	Unwritten bool `json:"unwritten,omitempty"`

	// Idempotency is the hash of the Idempotency-Key, "" if there was none;
	// Digest is that of the request.
	Idempotency string `json:"idempotency,omitempty"`
	Digest      string `json:"digest,omitempty"`
	Remaining   int    `json:"remaining"` // as answered to the create request

	Created   time.Time         `json:"created"`
	Status    imaginator.Status `json:"status"`
	Completed time.Time         `json:"completed,omitzero"` // also of failed tasks
	Failure   string            `json:"failure,omitempty"`
	Doomed    string            `json:"doomed,omitempty"` // the failure that a fault has in store

	Result string `json:"result"` // unguessable id
	Size   int64  `json:"size,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

func (r *record) method() *engine.Method { return imaginator.Engine.Method(r.Method) }

func (r *record) kind() address.Kind { return r.method().Kind }

func (r *record) cost() engine.Cost { return r.method().Cost(func(string) any { return r.Model }) }

func (r *record) taskType() imaginator.TaskType { return imaginator.TaskType(r.kind()) }

// taskID is the id on the wire: a number in a string, as in the document.
func (r *record) taskID() string { return strconv.FormatUint(r.ID, 10) }

// created is the answer to the create request, the first time and for every
// repetition under the same Idempotency-Key.
func (r *record) created() imaginator.Created {
	remaining := r.Remaining
	return imaginator.Created{
		TaskID:         r.taskID(),
		Status:         imaginator.StatusPending,
		Type:           r.taskType(),
		Model:          r.Model,
		ReferenceCount: r.References,
		EstimatedTime:  r.method().Estimate(),
		RemainingQuota: &remaining,
	}
}

// task is the task as /task/{id} and /tasks show it. base is the origin for
// result URLs.
func (r *record) task(base string) imaginator.Task {
	t := imaginator.Task{
		ID: r.taskID(), Status: r.Status, Type: r.taskType(), Model: r.Model,
		Prompt: &r.Prompt, CreatedAt: r.Created, CompletedAt: r.Completed,
	}
	switch r.Status {
	case imaginator.StatusCompleted:
		t.ResultURL = base + resultsPath + r.Result
	case imaginator.StatusFailed:
		// The document's prose says error, its programs read error_message.
		t.Error, t.ErrorMessage = r.Failure, r.Failure
	}
	return t
}

// job is what there is to draw, without the inputs.
func (r *record) job(caption bool) sketch.Job {
	params := map[string]any{"prompt": r.Prompt, "model": r.Model, "aspect_ratio": r.Aspect, "loop": r.Loop}
	maps.Copy(params, r.More)
	return sketch.Job{Method: r.Method, Params: params, Seed: r.Seed, Caption: caption && !r.Unwritten}
}

// setParams takes over what was asked for.
func (r *record) setParams(params map[string]any) {
	for name, v := range params {
		switch name {
		case "prompt":
			r.Prompt, _ = v.(string)
		case "model":
			r.Model, _ = v.(string)
		case "aspect_ratio":
			r.Aspect, _ = v.(string)
		case "loop":
			r.Loop, _ = v.(bool)
		default:
			if r.More == nil {
				r.More = map[string]any{}
			}
			r.More[name] = v
		}
	}
}

// hashText is the hex SHA-256 of a text that is not to be stored itself.
func hashText(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

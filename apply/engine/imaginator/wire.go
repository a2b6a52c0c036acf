package imaginator

import (
	"slices"
	"strings"
	"time"

	"assetform/apply/engine"
)

// Paths of the reads, below the base URL. The API document names /task/{id}
// and /health; it names none for the list, the quota and the models.
const (
	PathTask   = "task" // + "/" + id
	PathTasks  = "tasks"
	PathQuota  = "quota"
	PathHealth = "health"
	PathModels = "models"
)

// Header names of the contract.
const (
	HeaderAPIKey         = "X-API-Key"
	HeaderIdempotencyKey = "Idempotency-Key"

	// HeaderCaption is ours and goes to the local server alone: CaptionNone
	// asks for a result on which the prompt is not to be read.
	HeaderCaption = "X-Assetform-Caption"
	CaptionNone   = "none"
)

// A Status is the state of a task.
type Status = engine.Status

// The task statuses of the API document. A client treats any other as one
// that is not finished.
const (
	StatusPending    = engine.StatusPending
	StatusProcessing = engine.StatusProcessing
	StatusCompleted  = engine.StatusCompleted
	StatusFailed     = engine.StatusFailed
)

// statusWords are the words of other services for the document's four. Those
// for a task that came to nothing say so beyond doubt, because it is then sent
// again.
var statusWords = map[Status]string{
	StatusPending:    "queued in_queue enqueued waiting submitted scheduled accepted created",
	StatusProcessing: "in_progress running started starting working active generating rendering",
	StatusCompleted:  "complete succeeded success successful done finished",
	StatusFailed: "canceled cancelled expired error errored blocked failure rejected refused denied aborted " +
		"timeout timed_out moderated filtered content_filtered nsfw",
}

// statusOf reads a status word as servers write it: in any case, with any
// hyphen, and with words of their own. A word that is none of them is kept:
// the task is not finished as far as anybody knows.
func statusOf(word string) Status {
	word = strings.ToLower(strings.TrimSpace(word))
	if _, own := statusWords[Status(word)]; own {
		return Status(word)
	}
	plain := strings.NewReplacer("-", "_", " ", "_").Replace(word)
	for s, words := range statusWords {
		if slices.Contains(strings.Fields(words), plain) {
			return s
		}
	}
	return Status(word)
}

// A TaskType says which quota a task draws on.
type TaskType string

// The task types of the API document.
const (
	TypeImage TaskType = "image"
	TypeVideo TaskType = "video"
)

// An Envelope is the outer object of every successful answer.
type Envelope[T any] struct {
	Success bool `json:"success"`
	Data    T    `json:"data"`
}

// An ErrorBody is the outer object of every answer that is an error.
type ErrorBody struct {
	Success bool        `json:"success"` // false
	Error   ErrorDetail `json:"error"`
}

// An ErrorDetail is what an ErrorBody says: one of the Code constants, and the
// server's words for people.
type ErrorDetail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Created is the answer (201) to a create request.
type Created struct {
	TaskID         string   `json:"task_id"`
	Status         Status   `json:"status"`
	Type           TaskType `json:"type"`
	Model          string   `json:"model,omitempty"`
	ReferenceCount int      `json:"reference_count,omitempty"`
	EstimatedTime  string   `json:"estimated_time,omitempty"`  // for people: "10-30 seconds"
	RemainingQuota *int     `json:"remaining_quota,omitempty"` // credits or videos left this hour; nil if not said
}

// A Task is one task as /task/{id} and /tasks show it.
type Task struct {
	ID     string   `json:"task_id"`
	Status Status   `json:"status"`
	Type   TaskType `json:"type,omitempty"`
	Model  string   `json:"model,omitempty"`
	// Prompt is nil where the server does not show it, which is not the same
	// as a task that was created without a prompt.
	Prompt *string `json:"prompt,omitempty"`
	// Seed and AspectRatio are what the server shows of the request's, beyond
	// what the API document names; nil and "" where it shows nothing.
	Seed        *int64    `json:"seed,omitempty"`
	AspectRatio string    `json:"aspect_ratio,omitempty"`
	References  int       `json:"reference_count,omitempty"` // input images, where shown
	CreatedAt   time.Time `json:"created_at,omitzero"`
	CompletedAt time.Time `json:"completed_at,omitzero"`
	// ResultURL is set once the task is completed; absolute, or relative to
	// the API's base URL. It may carry a signature: never log it.
	ResultURL string `json:"result_url,omitempty"`
	// A failed task has one of these or both; see failure.
	Error        string `json:"error,omitempty"`
	ErrorMessage string `json:"error_message,omitempty"`
	// Message is what else the server says: no failure, unless Status is.
	Message string `json:"message,omitempty"`
}

// failure returns the server's words for why the task failed. The API
// document's prose calls the field error, its programs read error_message.
func (t Task) failure() string {
	if t.ErrorMessage != "" {
		return t.ErrorMessage
	}
	return t.Error
}

// A TaskPage is one page of the task list, newest first.
type TaskPage struct {
	Tasks   []Task `json:"tasks"`
	Total   int    `json:"total"` // tasks in all pages; -1 if the server does not say
	Page    int    `json:"page"`  // from 1
	PerPage int    `json:"per_page"`
}

// A Quota is what a key may use in an hour and has used.
type Quota struct {
	Tier   string         `json:"tier"`
	Images ImageAllowance `json:"images"`
	Videos Allowance      `json:"videos"`
}

// An Allowance counts credits (images) or tasks (videos) in an hour.
type Allowance struct {
	HourlyLimit  int `json:"hourly_limit"`
	UsedThisHour int `json:"used_this_hour"`
	Remaining    int `json:"remaining"`
}

// An ImageAllowance also has the limit on tasks in flight, of all kinds.
type ImageAllowance struct {
	Allowance
	ConcurrentLimit int `json:"concurrent_limit"` // 0 if the server does not say
	ActiveTasks     int `json:"active_tasks"`
}

// Health is the answer of /health.
type Health struct {
	Status  string `json:"status,omitempty"`
	Service string `json:"service,omitempty"`
	// Idempotency says that the server honours Idempotency-Key: the same key
	// and body get the first answer again. Absent means no.
	Idempotency bool `json:"idempotency"`
}

// ServiceStudio is the Service that the local server names in its Health.
const ServiceStudio = "assetform studio"

// ModelList is the answer of /models.
type ModelList struct {
	Models []Model `json:"models"`
}

// A Model is one model that a request may name.
type Model struct {
	ID          string   `json:"id"`
	Type        TaskType `json:"type"`
	Engine      string   `json:"engine"`
	Credits     int      `json:"credits"`
	Description string   `json:"description"`
}

// Offered lists the models that the API document has.
func Offered() []Model {
	var list []Model
	for _, m := range models {
		list = append(list, Model{ID: m.Name, Type: TypeImage, Engine: m.Backend, Credits: m.Amount, Description: m.Doc})
	}
	return list
}

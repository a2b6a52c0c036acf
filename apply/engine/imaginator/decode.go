package imaginator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// The API document shows answers by example. What is decoded here is strict in
// what money hangs on (task ids, statuses, the presence of the list) and
// lenient in the rest: an accepted request must not become an unknown outcome
// because an estimate came as a number.

// lenient returns the member's value, or the zero value where it is missing or
// of another type.
func lenient[T any](object map[string]json.RawMessage, name string) T {
	var value T
	if raw, found := object[name]; !found || json.Unmarshal(raw, &value) != nil {
		var zero T
		return zero
	}
	return value
}

// lenientInt is lenient for whole numbers that may come as strings or with a
// decimal point.
func lenientInt(object map[string]json.RawMessage, name string) (int, bool) {
	raw := bytes.Trim(object[name], `"`)
	n, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || n != float64(int(n)) {
		return 0, false
	}
	return int(n), true
}

var errNoID = saying("no task id")

// taskID returns a task's id, which is a string, or a whole number on servers
// that number their tasks; under task_id, or id.
func taskID(object map[string]json.RawMessage) (string, error) {
	for _, name := range []string{"task_id", "id"} {
		raw, found := object[name]
		if !found || bytes.Equal(raw, []byte("null")) {
			continue
		}
		var id string
		if json.Unmarshal(raw, &id) == nil {
			return id, nil
		}
		// Digits only: 1e3 or 1.0 would not be found again under that name.
		if digits := string(raw); strings.Trim(digits, "0123456789") == "" {
			return digits, nil
		}
		return "", saying("%q is neither a string nor a whole number", name)
	}
	return "", errNoID
}

// checkID refuses ids that cannot be a path element or would carry the key.
func (c *Client) checkID(id string) error {
	switch {
	case id == "" || id == "." || id == "..":
		return saying("task id %q", id)
	case len(id) > 512:
		return saying("task id is longer than 512 bytes")
	case strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return saying("task id has control characters")
	case len(c.key.reveal()) >= 8 && c.scrub.contains(id):
		// A key shorter than that is a test's, and may well be in an id.
		return saying("task id has the API key in it")
	}
	return nil
}

// UnmarshalJSON implements json.Unmarshaler. Only the id must be there.
func (c *Created) UnmarshalJSON(data []byte) error {
	object, err := taskObject(data)
	if err != nil {
		return err
	}
	id, err := taskID(object)
	if err != nil {
		return err
	}
	*c = Created{
		TaskID:        id,
		Status:        lenient[Status](object, "status"),
		Type:          lenient[TaskType](object, "type"),
		Model:         lenient[string](object, "model"),
		EstimatedTime: lenient[string](object, "estimated_time"),
	}
	c.ReferenceCount, _ = lenientInt(object, "reference_count")
	if n, found := lenientInt(object, "remaining_quota"); found {
		c.RemainingQuota = &n
	}
	return nil
}

// UnmarshalJSON implements json.Unmarshaler. Id and status must be there.
func (t *Task) UnmarshalJSON(data []byte) error {
	object, err := taskObject(data)
	if err != nil {
		return err
	}
	id, err := taskID(object)
	if err != nil && !errors.Is(err, errNoID) {
		return err
	}
	word := strings.TrimSpace(cmp.Or(lenient[string](object, "status"), lenient[string](object, "state")))
	*t = Task{
		ID:           id,
		Status:       statusOf(word),
		Type:         lenient[TaskType](object, "type"),
		Model:        lenient[string](object, "model"),
		Prompt:       lenient[*string](object, "prompt"),
		ResultURL:    resultURL(object),
		Error:        failureWords(object["error"]),
		ErrorMessage: failureWords(object["error_message"]),
	}
	if n, isNumber := lenientInt(object, "status"); isNumber {
		return saying("the status of a task is the number %d, which no document explains", n)
	}
	if t.Status == "" {
		return saying("a task has no status")
	}
	if t.Status != StatusFailed {
		t.Message = failureWords(object["message"])
	}
	if t.failure() == "" {
		t.Error = otherWords(object, t.Status)
	}
	if t.Status == StatusFailed && !strings.EqualFold(word, string(StatusFailed)) {
		// What became of it is said by no other field.
		t.ErrorMessage = strings.TrimSuffix(word+": "+t.failure(), ": ")
	}
	if raw, shown := object["seed"]; shown {
		if n, err := strconv.ParseInt(strings.TrimSuffix(strings.Trim(string(raw), `"`), ".0"), 10, 64); err == nil {
			t.Seed = &n
		}
	}
	t.AspectRatio = lenient[string](object, "aspect_ratio")
	t.References, _ = lenientInt(object, "reference_count")
	t.CreatedAt = parseTime(lenient[string](object, "created_at"))
	t.CompletedAt = parseTime(lenient[string](object, "completed_at"))
	return nil
}

// taskObject returns the object that has a task's fields: data itself, or what
// stands in it as "task" or "data", or as its only element.
func taskObject(data []byte) (map[string]json.RawMessage, error) {
	var list []json.RawMessage
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) && json.Unmarshal(data, &list) == nil && len(list) == 1 {
		data = list[0]
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return nil, err
	}
	if _, err := taskID(object); !errors.Is(err, errNoID) {
		return object, nil
	}
	for _, name := range []string{"task", "data"} {
		var inner map[string]json.RawMessage
		if json.Unmarshal(object[name], &inner) != nil {
			continue
		}
		if _, err := taskID(inner); !errors.Is(err, errNoID) || inner["status"] != nil && object["status"] == nil {
			return inner, nil
		}
	}
	return object, nil
}

// resultURL returns where a task's result is, the first of several: a text,
// or the url of an object. Names under which an input could be shown are not
// looked at.
func resultURL(object map[string]json.RawMessage) string {
	for _, name := range []string{"result_url", "result_urls", "output_url", "result", "results", "output", "outputs"} {
		if url := urlIn(object[name], 4); url != "" {
			return url
		}
	}
	return ""
}

func urlIn(raw json.RawMessage, depth int) string {
	var list []json.RawMessage
	var object map[string]json.RawMessage
	switch {
	case depth == 0, len(raw) == 0:
		return ""
	case raw[0] == '[' && json.Unmarshal(raw, &list) == nil:
		for _, element := range list {
			if url := urlIn(element, depth-1); url != "" {
				return url
			}
		}
		return ""
	case raw[0] == '{' && json.Unmarshal(raw, &object) == nil:
		for _, name := range []string{"url", "result_url", "result_urls"} {
			if url := urlIn(object[name], depth-1); url != "" {
				return url
			}
		}
		return ""
	}
	var url string
	json.Unmarshal(raw, &url) // what is no text is no URL
	return strings.TrimSpace(url)
}

// otherWords are a server's words under names that the document has not. A
// mere message beside a task that did not fail may say that all is well.
func otherWords(object map[string]json.RawMessage, status Status) string {
	names := []string{"errors", "failure_reason", "error_reason"}
	if status == StatusFailed {
		names = append(names, "reason", "message", "detail")
	}
	for _, name := range names {
		if words := failureWords(object[name]); words != "" {
			return words
		}
	}
	return ""
}

// failureWords reads why a task failed: a string, an object with a message, or
// a list of them.
func failureWords(raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
	}
	var words string
	if json.Unmarshal(raw, &words) == nil {
		return words
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		var all []string
		for _, element := range list {
			if words := failureWords(element); words != "" {
				all = append(all, words)
			}
		}
		return strings.Join(all, "; ")
	}
	var detail map[string]json.RawMessage
	if json.Unmarshal(raw, &detail) != nil {
		return ""
	}
	if message := lenient[string](detail, "message"); message != "" {
		return message
	}
	return lenient[string](detail, "code")
}

// parseTime reads RFC 3339, with a blank for the T, and with no zone, which is
// taken for UTC. What it cannot read is the zero time: not known.
func parseTime(text string) time.Time {
	text = strings.Replace(text, " ", "T", 1)
	// Fractions of a second are read with any layout.
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

// maxRows bounds the tasks of one page: the API gives 100 at most.
const maxRows = 1000

// taskPage reads a page of the list: data.tasks, data.items, or data itself as
// the array; the counts beside the array or at the top. A list that is not
// there is an error and not an empty list: who finds no task in it may pay
// again.
func taskPage(a answer) (TaskPage, error) {
	page := TaskPage{Total: -1}
	var object map[string]json.RawMessage
	list := a.body
	if json.Unmarshal(a.body, &object) == nil {
		list = object["tasks"]
		if list == nil {
			list = object["items"]
		}
	}
	for _, counts := range []map[string]json.RawMessage{a.top, object} { // the inner ones win
		if n, found := lenientInt(counts, "total"); found {
			page.Total = n
		}
		if n, found := lenientInt(counts, "page"); found {
			page.Page = n
		}
		if n, found := lenientInt(counts, "per_page"); found {
			page.PerPage = n
		}
	}
	if list == nil || bytes.Equal(list, []byte("null")) && page.Total != 0 {
		return TaskPage{}, saying("no task list in it")
	}
	var rows []json.RawMessage
	if err := json.Unmarshal(list, &rows); err != nil {
		return TaskPage{}, err
	}
	if len(rows) > maxRows {
		return TaskPage{}, saying("%d tasks on one page, more than %d", len(rows), maxRows)
	}
	if rows != nil {
		page.Tasks = make([]Task, len(rows))
	}
	for i, row := range rows {
		if err := json.Unmarshal(row, &page.Tasks[i]); err != nil {
			return TaskPage{}, err
		}
	}
	return page, nil
}

// The scrub methods below take the key out of everything that a server can
// put into an answer, and other secrets out of its words. Data keeps them: a
// prompt is compared with ours, a URL is fetched. Whoever shows data redacts it.

func (s *scrubber) created(c *Created) {
	c.Status = s.status(c.Status)
	c.Type = s.taskType(c.Type)
	c.Model = s.text(c.Model)
	c.EstimatedTime = s.words(c.EstimatedTime, maxExcerpt)
}

// task leaves the id to checkID. A result URL with the key in it loses it: at
// the API's own origin the header carries the key, elsewhere it has no place.
func (s *scrubber) task(t *Task) {
	t.Status = s.status(t.Status)
	t.Type = s.taskType(t.Type)
	t.Model = s.text(t.Model)
	t.AspectRatio = s.words(t.AspectRatio, maxExcerpt)
	if t.Prompt != nil {
		clean := s.text(*t.Prompt)
		t.Prompt = &clean
	}
	t.ResultURL = s.text(t.ResultURL)
	t.Error = s.words(t.Error, maxMessage)
	t.ErrorMessage = s.words(t.ErrorMessage, maxMessage)
	t.Message = s.words(t.Message, maxMessage)
}

func (s *scrubber) status(is Status) Status {
	return Status(s.known(string(is), string(StatusPending), string(StatusProcessing), string(StatusCompleted), string(StatusFailed)))
}

func (s *scrubber) taskType(is TaskType) TaskType {
	return TaskType(s.known(string(is), string(TypeImage), string(TypeVideo)))
}

// UnmarshalJSON implements json.Unmarshaler. A number that is missing, or is
// none, is 0: limits are for people, and for how many tasks are asked for at
// once where nobody else says.
func (q *Quota) UnmarshalJSON(data []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return err
	}
	images, videos := lenient[map[string]json.RawMessage](object, "images"), lenient[map[string]json.RawMessage](object, "videos")
	number := func(in map[string]json.RawMessage, name string) int {
		n, _ := lenientInt(in, name)
		return n
	}
	allowance := func(in map[string]json.RawMessage) Allowance {
		return Allowance{HourlyLimit: number(in, "hourly_limit"), UsedThisHour: number(in, "used_this_hour"), Remaining: number(in, "remaining")}
	}
	*q = Quota{
		Tier: lenient[string](object, "tier"), Videos: allowance(videos),
		Images: ImageAllowance{allowance(images), number(images, "concurrent_limit"), number(images, "active_tasks")},
	}
	return nil
}

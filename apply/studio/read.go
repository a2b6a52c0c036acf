package studio

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"assetform/apply/engine/imaginator"
)

// The bounds of a page of the task list.
const (
	defaultPerPage = 20
	maxPerPage     = 100
)

// task answers GET /task/{id}. Another key's task is not found.
func (s *Server) task(w http.ResponseWriter, r *http.Request, key Key, id string) {
	n, err := strconv.ParseUint(id, 10, 64)
	rec, found := s.register.get(key.Name, n)
	if err != nil || !found || rec.taskID() != id {
		refuse(imaginator.CodeTaskNotFound, "Task not found").write(w)
		return
	}
	answer(w, http.StatusOK, rec.task(s.origin(r)))
}

// tasks answers GET /tasks, newest first.
func (s *Server) tasks(w http.ResponseWriter, r *http.Request, key Key) {
	q, no := parseListing(r.URL.RawQuery)
	if no != nil {
		no.write(w)
		return
	}
	recs, total := s.register.list(key.Name, q.status, q.kind, (q.page-1)*q.perPage, q.perPage)
	page := imaginator.TaskPage{Tasks: []imaginator.Task{}, Total: total, Page: q.page, PerPage: q.perPage}
	for _, rec := range recs {
		page.Tasks = append(page.Tasks, rec.task(s.origin(r)))
	}
	answer(w, http.StatusOK, page)
}

// A listing is the query of the task list.
type listing struct {
	page, perPage int
	status        imaginator.Status
	kind          imaginator.TaskType
}

func parseListing(query string) (l listing, no *refusal) {
	l = listing{page: 1, perPage: defaultPerPage}
	bad := func(format string, args ...any) (listing, *refusal) {
		return l, refuse(imaginator.CodeInvalidRequest, format, args...)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return bad("The query cannot be read")
	}
	for name, given := range values {
		v := given[0]
		n, _ := strconv.Atoi(v)
		switch {
		case len(given) > 1:
			return bad("%q is given twice", clip(name))
		case name == "page" && n >= 1 && n <= 1_000_000:
			l.page = n
		case name == "page":
			return bad(`"page" must be a number from 1, not %q`, clip(v))
		case name == "per_page" && n >= 1 && n <= maxPerPage:
			l.perPage = n
		case name == "per_page":
			return bad(`"per_page" must be a number from 1 to %d, not %q`, maxPerPage, clip(v))
		case name == "status" && slices.Contains(statuses, imaginator.Status(v)):
			l.status = imaginator.Status(v)
		case name == "status":
			return bad(`"status" must be pending, processing, completed or failed, not %q`, clip(v))
		case name == "type" && slices.Contains(taskTypes, imaginator.TaskType(v)):
			l.kind = imaginator.TaskType(v)
		case name == "type":
			return bad(`"type" must be image or video, not %q`, clip(v))
		default:
			return bad("The list takes no %q; it takes page, per_page, status, type", clip(name))
		}
	}
	return l, nil
}

// quota answers GET /quota.
func (s *Server) quota(w http.ResponseWriter, _ *http.Request, key Key) {
	used, active := s.register.usage(key.Name, s.now())
	answer(w, http.StatusOK, imaginator.Quota{
		Tier: key.Tier,
		Images: imaginator.ImageAllowance{
			Allowance:       allowance(key.HourlyImageCredits, used[imaginator.Credits]),
			ConcurrentLimit: key.ConcurrentLimit,
			ActiveTasks:     active,
		},
		Videos: allowance(key.HourlyVideos, used[imaginator.Videos]),
	})
}

func allowance(limit, used int) imaginator.Allowance {
	return imaginator.Allowance{HourlyLimit: limit, UsedThisHour: used, Remaining: max(0, limit-used)}
}

// health answers GET /health.
func (s *Server) health(w http.ResponseWriter, _ *http.Request, _ Key) {
	answer(w, http.StatusOK, imaginator.Health{
		Status: "ok", Service: imaginator.ServiceStudio, Idempotency: true,
	})
}

// models answers GET /models, from the method table.
func (s *Server) models(w http.ResponseWriter, _ *http.Request, _ Key) {
	answer(w, http.StatusOK, imaginator.ModelList{Models: imaginator.Offered()})
}

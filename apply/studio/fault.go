package studio

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A FaultScope is the kind of request that a fault meets.
type FaultScope string

// The scopes of faults.
const (
	OnCreate FaultScope = "create" // POST of a generating method
	OnRead   FaultScope = "read"   // GET of task, tasks, quota, health, models
	OnResult FaultScope = "result" // GET of a result
)

// A FaultKind is a failure that can be switched on, for tests of clients.
type FaultKind struct {
	Name   string
	Scopes []FaultScope // those it applies to; all of them unless a Fault names one
	Doc    string
}

// The names of the faults.
const (
	faultReset         = "reset"
	faultHang          = "hang"
	faultHTTP500       = "http-500"
	faultHTTP500HTML   = "http-500-html"
	faultLoseReply     = "lose-reply"
	faultLate500       = "late-500"
	faultTruncateJSON  = "truncate-json"
	faultHourly429     = "hourly-429"
	faultConcurrent429 = "concurrent-429"
	faultTaskFailed    = "task-failed"
	faultExpireResults = "expire-results"
	faultWrongType     = "wrong-media-type"
	faultCutDownload   = "cut-download"
	faultSlowDownload  = "slow-download"
)

// FaultKinds lists the faults, for `--fault` and its help.
var FaultKinds = []FaultKind{
	{faultReset, []FaultScope{OnCreate, OnRead, OnResult}, "connection reset before the request is looked at"},
	{faultHang, []FaultScope{OnCreate, OnRead, OnResult}, "no answer until the client gives up"},
	{faultHTTP500, []FaultScope{OnCreate, OnRead, OnResult}, "SERVER_ERROR, nothing is done"},
	{faultHTTP500HTML, []FaultScope{OnCreate, OnRead, OnResult}, "status 500 with an HTML page, nothing is done"},
	{faultLoseReply, []FaultScope{OnCreate}, "the task is created, the connection closes unanswered"},
	{faultLate500, []FaultScope{OnCreate}, "the task is created, the answer is SERVER_ERROR"},
	{faultTruncateJSON, []FaultScope{OnCreate, OnRead}, "the request is served, the answer ends in the middle"},
	{faultHourly429, []FaultScope{OnCreate}, "HOURLY_LIMIT_EXCEEDED whatever was used"},
	{faultConcurrent429, []FaultScope{OnCreate}, "CONCURRENT_LIMIT_EXCEEDED whatever is running"},
	{faultTaskFailed, []FaultScope{OnCreate}, "the task is accepted and fails"},
	{faultExpireResults, []FaultScope{OnResult}, "410, as if the result had expired"},
	{faultWrongType, []FaultScope{OnResult}, "an HTML page instead of the result"},
	{faultCutDownload, []FaultScope{OnResult}, "the connection closes in the middle of the result"},
	{faultSlowDownload, []FaultScope{OnResult}, "the result comes at 64 KiB a second"},
}

// A Fault is a FaultKind that is switched on.
type Fault struct {
	Name    string
	Scope   FaultScope // "": every scope of the kind
	Count   int        // the first that many requests meet it; 0: no count
	Percent float64    // of the requests meet it, without a count; 0: all of them
}

// ParseFault reads "NAME[@SCOPE][=COUNT|=PERCENT%]": "lose-reply=1" is the
// first create request, "http-500@read=20%" one read in five, "hang" all.
func ParseFault(text string) (Fault, error) {
	head, value, hasValue := strings.Cut(text, "=")
	name, scope, hasScope := strings.Cut(head, "@")
	f := Fault{Name: name, Scope: FaultScope(scope)}
	at := slices.IndexFunc(FaultKinds, func(k FaultKind) bool { return k.Name == name })
	if at < 0 {
		return f, fmt.Errorf("there is no fault %q, only %s", name, strings.Join(faultNames(), ", "))
	}
	if kind := FaultKinds[at]; hasScope && !slices.Contains(kind.Scopes, f.Scope) {
		return f, fmt.Errorf("%s happens on %v, not on %q", name, kind.Scopes, scope)
	}
	if !hasValue {
		return f, nil
	}
	var err error
	if percent, isPercent := strings.CutSuffix(value, "%"); isPercent {
		f.Percent, err = strconv.ParseFloat(percent, 64)
		if err != nil || !(f.Percent > 0 && f.Percent <= 100) {
			return f, fmt.Errorf("%q is not a part from 0%% to 100%%", value)
		}
		return f, nil
	}
	if f.Count, err = strconv.Atoi(value); err != nil || f.Count < 1 {
		return f, fmt.Errorf("%q is neither a count from 1 nor a percentage", value)
	}
	return f, nil
}

func faultNames() []string {
	var names []string
	for _, k := range FaultKinds {
		names = append(names, k.Name)
	}
	return names
}

// faults decide which requests meet a fault.
type faults struct {
	mu   sync.Mutex
	on   []Fault
	left []int // of those with a count
}

func newFaults(on []Fault) *faults {
	f := &faults{on: slices.Clone(on)}
	for _, fault := range on {
		f.left = append(f.left, fault.Count)
	}
	return f
}

// hit reports whether this request meets the fault, and counts it if so.
func (f *faults) hit(name string, scope FaultScope) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, fault := range f.on {
		if fault.Name != name || (fault.Scope != "" && fault.Scope != scope) {
			continue
		}
		switch {
		case fault.Count > 0 && f.left[i] > 0:
			f.left[i]--
			return true
		case fault.Count > 0:
		case fault.Percent == 0, rand.Float64()*100 < fault.Percent:
			return true
		}
	}
	return false
}

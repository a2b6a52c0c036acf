package progress

import (
	"encoding/json"
	"time"

	"assetform/apply"
)

type jsonLines struct{ o Options }

// JSON writes one JSON object a line for each event.
func JSON(o Options) Sink { return &jsonLines{o: o} }

func (j *jsonLines) Event(e apply.Event) {
	b, err := json.Marshal(map[string]any{"type": e.Type, "time": e.Time.Format(time.RFC3339)})
	if err == nil {
		j.o.Out.Write(append(b, '\n'))
	}
}

func (j *jsonLines) Close() error { return nil }

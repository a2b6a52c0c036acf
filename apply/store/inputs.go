package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"assetform/lockfile"
)

// Inputs are recorded inputs in the lock's JSON form, as they stand in records
// of the store and of the journal.
type Inputs lockfile.Inputs

// UnmarshalJSON reads what lockfile.Value writes.
func (in *Inputs) UnmarshalJSON(b []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return fmt.Errorf("inputs: %w", err)
	}
	*in = make(Inputs, len(fields))
	for name, raw := range fields {
		v, err := parseValue(raw)
		if err != nil {
			return fmt.Errorf("input %q: %w", name, err)
		}
		(*in)[name] = v
	}
	return nil
}

// parseValue reads one value. raw is valid JSON without space around it.
func parseValue(raw json.RawMessage) (lockfile.Value, error) {
	switch raw[0] {
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return lockfile.Text(s), err
	case '[':
		var list []string
		err := json.Unmarshal(raw, &list)
		return lockfile.Strings(list), err
	case '{':
		var secret struct {
			Sensitive lockfile.ContentHash `json:"sensitive"`
		}
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		err := dec.Decode(&secret)
		return lockfile.Sensitive(secret.Sensitive), err
	case 't', 'f':
		return lockfile.Bool(raw[0] == 't'), nil
	case 'n':
		return lockfile.Value{}, fmt.Errorf("null is no value")
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return lockfile.Value{}, fmt.Errorf("%q is not a whole number", raw)
	}
	return lockfile.Int(n), nil
}

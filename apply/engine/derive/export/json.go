package export

import "strings"

var jsonNotation = notation{dialect: jsonDialect, key: jsonDialect.quote, indent: "  "}

// generatedBy is how a JSON file says at its top what wrote it.
func generatedBy() field { return field{"generated_by", text("assetform")} }

func (d *document) json() ([]byte, error) {
	return asJSON(object(generatedBy(), field{"assets", d.root.value()})), nil
}

func asJSON(v value) []byte {
	var b strings.Builder
	jsonNotation.write(&b, v, 0, false)
	b.WriteByte('\n')
	return []byte(b.String())
}

// JSON writes one record, or a part of one, as the format does, on one line. ok
// is false for any other value.
func JSON(v any) (out string, ok bool) {
	var w value
	switch v := v.(type) {
	case Record:
		w = object(v.fields()...)
	case []Record:
		w = value{shape: listShape}
		for i := range v {
			w.items = append(w.items, object(v[i].fields()...))
		}
	case []Source:
		w = sources(v)
	case Source:
		w = sources([]Source{v}).items[0]
	case map[string]Frame:
		w = frames(&Record{Frames: v})
	case Frame:
		w = frames(&Record{Frames: map[string]Frame{"": v}}).fields[0].value
	case string:
		w = text(v)
	case int:
		w = number(v)
	case int64:
		w = number(v)
	case float64:
		w = seconds(v)
	case bool:
		w = value{shape: numberShape, text: map[bool]string{false: "false", true: "true"}[v]}
	default:
		return "", false
	}
	var b strings.Builder
	jsonNotation.write(&b, w, 0, true)
	return b.String(), true
}

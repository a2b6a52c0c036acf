package export

import "strings"

var tsNotation = notation{dialect: jsonDialect, key: tsKey, indent: "  ", trailing: true}

// tsKey writes the name of a property. In a literal __proto__ would be the
// object's prototype, unless it is computed.
func tsKey(name string) string {
	switch {
	case name == "__proto__":
		return `["__proto__"]`
	case isIdent(name):
		return name
	}
	return jsonDialect.quote(name)
}

func (d *document) typescript() ([]byte, error) {
	var b strings.Builder
	b.WriteString("// " + Head + "\n\nexport const assets = ")
	tsNotation.write(&b, d.root.value(), 0, false)
	b.WriteString(" as const;\n\nexport type AssetAddress =")
	for _, r := range d.records {
		b.WriteString("\n  | " + jsonDialect.quote(r.Address))
	}
	if len(d.records) == 0 {
		b.WriteString(" never")
	}
	b.WriteString(";\n")
	return []byte(b.String()), nil
}

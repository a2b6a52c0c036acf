package export

import "strings"

// gdNotation keeps to what both Godot 3 and 4 read.
var gdNotation = notation{dialect: gdDialect, key: gdDialect.quote, indent: "\t", trailing: true, real: true}

func (d *document) gdscript() ([]byte, error) {
	var b strings.Builder
	b.WriteString("# " + Head + "\n\nconst ASSETS := ")
	gdNotation.write(&b, d.root.value(), 0, false)
	b.WriteByte('\n')
	return []byte(b.String()), nil
}

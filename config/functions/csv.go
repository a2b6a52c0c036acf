package functions

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"

	"assetform/config/diag"
	"assetform/config/worktree"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// csvDecodeFunc is stdlib's csvdecode for tables as spreadsheets save them:
// with a byte order mark and any line ends. It says what is wrong with a table
// in the words of who made it.
var csvDecodeFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "str", Type: cty.String}},
	Type:   function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		text := string(worktree.Text([]byte(args[0].AsString())))
		if err := checkHeader(text); err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		table, err := stdlib.CSVDecodeFunc.Call([]cty.Value{cty.StringVal(text)})
		if err != nil {
			return cty.NilVal, function.NewArgError(0, explainCSV(text, err))
		}
		return table, nil
	},
})

// checkHeader refuses a table whose columns are not parted by commas: all of
// it would be one column.
func checkHeader(text string) error {
	header, _, more := strings.Cut(text, "\n")
	if !more && strings.HasSuffix(strings.ToLower(header), ".csv") {
		return fmt.Errorf("%q is the path of a table, and no table: write csvdecode(file(%[1]q))", header)
	}
	if strings.HasPrefix(header, "sep=") {
		return fmt.Errorf("the first line, %q, is for spreadsheets alone; remove it and part the columns by commas", header)
	}
	quoted, commas, other := false, 0, rune(0)
	for _, r := range header {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == ',':
			commas++
		case other == 0 && (r == ';' || r == '\t'):
			other = r
		}
	}
	if commas > 0 || other == 0 {
		return nil
	}
	if runes := []rune(header); len(runes) > 60 {
		header = string(runes[:60]) + "…"
	}
	return fmt.Errorf("the header %q is one column: the columns of this table are parted by %q, those of CSV by commas; "+
		"save it again with commas, or read it with csvdecode(replace(..., %[2]q, \",\")) where no field has a comma", header, string(other))
}

// explainCSV says more of what stdlib's csvdecode refuses.
func explainCSV(text string, err error) error {
	fields, header := 0, 0
	var parse *csv.ParseError
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	first, headerErr := r.Read()
	header = len(first)
	switch {
	case headerErr == nil && strings.Contains(err.Error(), `duplicate column name ""`):
		return errors.New("two columns have no name in the header: remove the commas at its end, or name the columns")
	case errors.Is(err, csv.ErrBareQuote), errors.Is(err, csv.ErrQuote):
		return fmt.Errorf("%w; a field with a quote in it stands in double quotes, with each quote in it written twice", err)
	case headerErr != nil || !errors.Is(err, csv.ErrFieldCount):
		return err
	}
	for fields = header; fields == header; {
		record, err := r.Read()
		if err != nil {
			break
		}
		fields = len(record)
	}
	line, _ := r.FieldPos(0)
	if errors.As(err, &parse) {
		line = parse.Line
	}
	return fmt.Errorf("line %d of the table has %s, but its header has %s; a field with a comma in it stands in double quotes",
		line, diag.Count(fields, "field"), diag.Count(header, "column"))
}

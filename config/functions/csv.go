package functions

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

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
	header, rows, more := strings.Cut(text, "\n")
	if !more && strings.HasSuffix(strings.ToLower(header), ".csv") && !strings.Contains(header, ",") {
		return fmt.Errorf("%q is the path of a table, and no table: write csvdecode(file(%[1]q))", header)
	}
	if by, ok := strings.CutPrefix(strings.ToLower(strings.Trim(header, `" `)), "sep="); ok && utf8.RuneCountInString(by) <= 1 {
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
	// A semicolon may as well be a part of the only column's name: then the
	// rows have none.
	if first, _, _ := strings.Cut(strings.TrimLeft(rows, "\n"), "\n"); commas > 0 || other == 0 || first != "" && !strings.ContainsRune(first, other) {
		return nil
	}
	header = short(header)
	return fmt.Errorf("the header %q is one column: the columns of this table are parted by %q, those of CSV by commas; "+
		"save it again with commas, or read it with csvdecode(replace(..., %[2]q, \",\")) where no field has a comma", header, string(other))
}

// short is the beginning of a line, for a message.
func short(line string) string {
	if runes := []rune(line); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return line
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
	var row []string
	for fields = header; fields == header; fields = len(row) {
		record, err := r.Read()
		if err != nil {
			break
		}
		row = record
	}
	line, _ := r.FieldPos(0)
	if errors.As(err, &parse) {
		line = parse.Line
	}
	hint := "a field with a comma in it stands in double quotes"
	if fields < header {
		hint = fmt.Sprintf("give %q the commas of empty fields, or delete it if it is no row of the table", short(strings.Join(row, ",")))
	}
	return fmt.Errorf("line %d of the table has %s, but its header has %s; %s",
		line, diag.Count(fields, "field"), diag.Count(header, "column"), hint)
}

// CSVRows are the rows, as a spreadsheet numbers them, of elements that
// csvdecode makes of a table: the header is row 1 unless blank lines, which are
// no elements, stand before it.
func CSVRows(text string, elements []int) []int {
	text = string(worktree.Text([]byte(text)))
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	rows := make([]int, 0, len(elements))
	end, lines, row := int64(0), 0, 0 // behind the last record: offset, lines and rows before it
	for n := -1; len(rows) < len(elements); n++ {
		if _, err := r.Read(); err != nil {
			return elements
		}
		first, _ := r.FieldPos(0)
		row += first - lines
		for len(rows) < len(elements) && elements[len(rows)] == n {
			rows = append(rows, row)
		}
		lines += strings.Count(text[end:r.InputOffset()], "\n")
		end = r.InputOffset()
	}
	return rows
}

package functions

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func stringFunctions() []entry {
	return []entry{
		{name: "chomp", fn: stdlib.ChompFunc, description: "Removes newlines at the end of a string."},
		{name: "endswith", fn: stringTest("suffix", strings.HasSuffix), description: "Reports whether a string ends with a given suffix."},
		{name: "format", fn: stdlib.FormatFunc, bound: boundFormat, description: "Writes values into a string by verbs like those of C's printf."},
		{name: "formatlist", fn: stdlib.FormatListFunc, bound: boundFormatList, description: "Like format for each element of lists, which must be of equal length."},
		{name: "indent", fn: stdlib.IndentFunc, bound: boundIndent, description: "Adds blanks to the beginning of all but the first line."},
		{name: "join", fn: stdlib.JoinFunc, bound: boundJoin, description: "Joins the strings of lists with a separator."},
		{name: "lower", fn: stdlib.LowerFunc, description: "Converts letters to lower case."},
		{name: "regex", fn: stdlib.RegexFunc, description: "Returns the first match of a regular expression: a string, or its unnamed groups as a list, or its named groups as a map."},
		{name: "regexall", fn: stdlib.RegexAllFunc, bound: boundRegexAll, description: "Returns all matches of a regular expression as a list."},
		{name: "replace", fn: replaceFunc, bound: boundReplace, description: "Replaces every occurrence of a substring, or of a regular expression that is written between slashes."},
		{name: "split", fn: stdlib.SplitFunc, bound: boundSplit, description: "Splits a string at every separator."},
		{name: "startswith", fn: stringTest("prefix", strings.HasPrefix), description: "Reports whether a string begins with a given prefix."},
		{name: "strcontains", fn: stringTest("substr", strings.Contains), description: "Reports whether a string contains a given substring."},
		{name: "strrev", fn: stdlib.ReverseFunc, description: "Reverses the characters of a string."},
		{name: "substr", fn: stdlib.SubstrFunc, description: "Returns part of a string by offset and length in characters; a negative offset counts from the end, length -1 takes the rest."},
		{name: "templatestring", fn: templateString(nil), description: "Renders a string that a reference names as a template with the given variables."},
		{name: "title", fn: stdlib.TitleFunc, description: "Converts the first letter of each word to upper case."},
		{name: "trim", fn: stdlib.TrimFunc, description: "Removes the given characters from both ends of a string."},
		{name: "trimprefix", fn: stdlib.TrimPrefixFunc, description: "Removes a prefix, if the string has it."},
		{name: "trimsuffix", fn: stdlib.TrimSuffixFunc, description: "Removes a suffix, if the string has it."},
		{name: "trimspace", fn: stdlib.TrimSpaceFunc, description: "Removes white space from both ends of a string."},
		{name: "upper", fn: stdlib.UpperFunc, description: "Converts letters to upper case."},
	}
}

func stringTest(param string, test func(s, part string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "str", Type: cty.String}, {Name: param, Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(test(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

// isPattern reports whether Terraform's replace takes a substring for a
// regular expression.
func isPattern(substr string) bool {
	return len(substr) > 1 && substr[0] == '/' && substr[len(substr)-1] == '/'
}

var replaceFunc = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "str", Type: cty.String}, {Name: "substr", Type: cty.String}, {Name: "replace", Type: cty.String},
	},
	Type: function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		substr := args[1].AsString()
		if !isPattern(substr) {
			return stdlib.Replace(args[0], args[1], args[2])
		}
		re, err := regexp.Compile(substr[1 : len(substr)-1])
		if err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		return cty.StringVal(re.ReplaceAllString(args[0].AsString(), args[2].AsString())), nil
	},
})

// text is the string of an argument, empty for null: the function itself
// reports that. It is empty for what is not known, too.
func text(v cty.Value) string {
	if v, _ = v.Unmark(); v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return ""
	}
	return v.AsString()
}

func boundReplace(args []cty.Value) error {
	str, substr, replace := text(args[0]), text(args[1]), text(args[2])
	matches, references := 0, 0
	if isPattern(substr) {
		re, err := regexp.Compile(substr[1 : len(substr)-1])
		if err != nil {
			return nil // the function reports it
		}
		matches = len(re.FindAllStringIndex(str, maxElements))
		references = strings.Count(replace, "$")
	} else {
		matches = strings.Count(str, substr)
	}
	if exceeds(maxText-len(str), matches, len(replace)) || exceeds(maxText, references, len(str)) {
		return errTextTooLong
	}
	return nil
}

// exceeds reports whether n*size > limit, without overflow.
func exceeds(limit, n, size int) bool {
	return size > 0 && n > limit/size
}

func boundIndent(args []cty.Value) error {
	if args[0].IsNull() {
		return nil
	}
	spaces, _ := args[0].AsBigFloat().Int64()
	if spaces < 0 {
		return function.NewArgErrorf(0, "the number of blanks must not be negative")
	}
	lines := int64(strings.Count(text(args[1]), "\n")) + 1 // the padding itself is made in any case
	if spaces > maxText/lines {
		return errTextTooLong
	}
	return nil
}

func boundJoin(args []cty.Value) error {
	total, parts := 0, 0
	for _, list := range args[1:] {
		if list.IsNull() {
			return nil
		}
		for it := list.ElementIterator(); it.Next(); {
			_, v := it.Element()
			total += len(text(v))
			parts++
		}
		if total > maxText {
			return errTextTooLong
		}
	}
	if exceeds(maxText-total, parts, len(text(args[0]))) {
		return errTextTooLong
	}
	return nil
}

func boundSplit(args []cty.Value) error {
	separator, str := text(args[0]), text(args[1])
	if strings.Contains(separator, "\r") && strings.Contains(str, "\n") && !strings.Contains(str, "\r") {
		return function.NewArgErrorf(0, `the text has no "\r": lines of files and of the configuration end in LF, whatever the file on disk has, and file() gives LF; split at "\n"`)
	}
	if strings.Count(text(args[1]), text(args[0])) >= maxElements {
		return errTooManyElements
	}
	return nil
}

func boundRegexAll(args []cty.Value) error {
	re, err := regexp.Compile(text(args[0]))
	if err != nil {
		return nil // the function reports it
	}
	if len(re.FindAllStringIndex(text(args[1]), maxElements+1)) > maxElements {
		return errTooManyElements
	}
	return nil
}

// verbPattern matches a verb of format with its numbers.
var verbPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`%[-+# 0]*([0-9]*)(?:\.([0-9]*))?(?:\[[0-9]*\])?[a-zA-Z%]`)
})

var errWidth = errors.New("a width or precision in the format is too large")

// boundFormat estimates the length of a formatted string: its widths and
// precisions, and for every verb the longest argument.
func boundFormat(args []cty.Value) error {
	size, err := formatSize(text(args[0]), longest(args[1:]))
	if err == nil && size > maxText {
		err = errTextTooLong
	}
	return err
}

func longest(args []cty.Value) int {
	n := 0
	for _, arg := range args {
		n = max(n, deepSize(arg))
	}
	return n
}

func formatSize(format string, argSize int) (int, error) {
	total := len(format)
	for _, verb := range verbPattern().FindAllStringSubmatch(format, maxElements) {
		for _, number := range verb[1:] {
			if number == "" {
				continue
			}
			n, err := strconv.Atoi(number)
			if err != nil || n > maxText {
				return 0, errWidth
			}
			total += n
		}
		if total += argSize; total > maxText {
			return total, nil
		}
	}
	return total, nil
}

func boundFormatList(args []cty.Value) error {
	rows, argSize := 1, 0
	for _, arg := range args[1:] {
		t := arg.Type()
		if arg.IsNull() || !(t.IsListType() || t.IsSetType() || t.IsTupleType()) {
			argSize = max(argSize, deepSize(arg))
			continue
		}
		rows = max(rows, arg.LengthInt())
		for it := arg.ElementIterator(); it.Next(); {
			_, v := it.Element()
			argSize = max(argSize, deepSize(v))
		}
	}
	size, err := formatSize(text(args[0]), argSize)
	if err == nil && exceeds(maxText, rows, size) {
		err = errTextTooLong
	}
	return err
}

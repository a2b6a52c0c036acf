package functions

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"assetform/config/syntax"

	ctyencoding "github.com/hashicorp/go-cty-funcs/encoding"
	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
)

func encodingFunctions() []entry {
	return []entry{
		{name: "base64decode", fn: base64DecodeFunc, description: "Decodes Base64 to a string, which must be UTF-8."},
		{name: "base64encode", fn: ctyencoding.Base64EncodeFunc, description: "Encodes the UTF-8 bytes of a string in Base64."},
		{name: "csvdecode", fn: csvDecodeFunc, result: "list(object)", description: "Reads CSV text (RFC 4180) as a list of objects; the first line names their attributes."},
		{name: "jsondecode", fn: stdlib.JSONDecodeFunc, bound: boundJSON, result: "any", description: "Reads JSON text as a value."},
		{name: "jsonencode", fn: stdlib.JSONEncodeFunc, bound: boundDeep, description: "Writes a value as JSON."},
		{name: "textdecodebase64", fn: textDecodeFunc, description: "Decodes Base64 to a string that is in a given character encoding."},
		{name: "textencodebase64", fn: textEncodeFunc, description: "Encodes a string in a given character encoding, and that in Base64."},
		{name: "urlencode", fn: ctyencoding.URLEncodeFunc, description: "Escapes a string for use in a URL's query."},
		{name: "yamldecode", fn: yaml.YAMLDecodeFunc, bound: boundYAML, result: "any", description: "Reads YAML text as a value."},
		{name: "yamlencode", fn: yaml.YAMLEncodeFunc, bound: boundDeep, description: "Writes a value as YAML."},
	}
}

// base64DecodeFunc is go-cty-funcs' function, which writes what it cannot
// decode to the log.
var base64DecodeFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "str", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		decoded, err := base64.StdEncoding.DecodeString(args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, "failed to decode base64 data: %s", base64Problem(err))
		}
		if !utf8.Valid(decoded) {
			return cty.NilVal, function.NewArgErrorf(0, "the result of decoding the provided string is not valid UTF-8")
		}
		return cty.StringVal(string(decoded)), nil
	},
})

func base64Problem(err error) string {
	var corrupt base64.CorruptInputError
	if errors.As(err, &corrupt) {
		return fmt.Sprintf("illegal or missing character at position %d", int64(corrupt))
	}
	return err.Error()
}

var encodingParams = []function.Parameter{{Name: "str", Type: cty.String}, {Name: "encoding_name", Type: cty.String}}

var textEncodeFunc = function.New(&function.Spec{
	Params: encodingParams,
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		enc, err := namedEncoding(args[1].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		out, err := enc.NewEncoder().Bytes([]byte(args[0].AsString()))
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, "the given string contains characters that cannot be represented in %s", args[1].AsString())
		}
		return cty.StringVal(base64.StdEncoding.EncodeToString(out)), nil
	},
})

var textDecodeFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "source", Type: cty.String}, {Name: "encoding_name", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		enc, err := namedEncoding(args[1].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		raw, err := base64.StdEncoding.DecodeString(args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, "the given value has an invalid base64 symbol: %s", base64Problem(err))
		}
		out, err := enc.NewDecoder().Bytes(raw)
		if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
			return cty.NilVal, function.NewArgErrorf(0, "the given string contains symbols that are not defined for %s", args[1].AsString())
		}
		return cty.StringVal(string(out)), nil
	},
})

// namedEncoding looks up one of IANA's character encodings.
func namedEncoding(name string) (encoding.Encoding, error) {
	enc, err := ianaindex.IANA.Encoding(name)
	if err != nil || enc == nil {
		return nil, function.NewArgErrorf(1, "%q is not a supported IANA encoding name or alias", name)
	}
	return enc, nil
}

var errNested = fmt.Errorf("the text is nested more than %d levels deep", syntax.MaxNesting)

// boundJSON refuses JSON that is nested too deeply, has a number of too many
// digits or half of a character. A bracket in a string counts only while no closing one follows.
func boundJSON(args []cty.Value) error {
	source := text(args[0])
	if bracketDepth(source) > syntax.MaxNesting {
		return function.NewArgError(0, errNested)
	}
	if mostDigits(source) > syntax.MaxDigits {
		return function.NewArgError(0, errNumberTooLarge)
	}
	if at := syntax.LoneSurrogate([]byte(source)); at >= 0 {
		return function.NewArgErrorf(0, "the escape %s in it is one half of a pair, and the other half is not beside it", source[at:at+6])
	}
	return nil
}

// mostDigits is the length of the longest number outside double quotes.
func mostDigits(source string) int {
	digits, most, quoted := 0, 0, false
	for i := 0; i < len(source); i++ {
		switch c := source[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c >= '0' && c <= '9' || c == '.'):
			digits++
			most = max(most, digits)
			continue
		}
		digits = 0
	}
	return most
}

// bracketDepth is the deepest nesting of brackets outside double quotes.
func bracketDepth(source string) int {
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(source); i++ {
		switch c := source[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
			deepest = max(deepest, depth)
		case c == ']' || c == '}':
			depth--
		}
	}
	return deepest
}

var (
	yamlAnchor = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)(?:^|[\s,\[{:?-])&[^\s,\[\]{}]`) })
	yamlAlias  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)(?:^|[\s,\[{:?-])\*[^\s,\[\]{}]`) })
	yamlRun    = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(fmt.Sprintf(`(?:[-?:][ \t]+){%d,}`, syntax.MaxNesting))
	})
)

// maxYAMLWork bounds the estimated number of values of a YAML document whose
// aliases are written out.
const maxYAMLWork = 1 << 28

// boundYAML refuses documents that are nested too deeply or whose aliases
// stand for more than they may: nine aliases of nine aliases, nine levels
// deep, are 400 million values in 300 bytes. Where all anchors stand before
// all aliases there are no such levels.
func boundYAML(args []cty.Value) error {
	source := text(args[0])
	// A single quote may hide a double quote and the brackets behind it, so
	// that both counts are taken.
	open := strings.Count(source, "[") + strings.Count(source, "{")
	if open > syntax.MaxNesting && (bracketDepth(source) > syntax.MaxNesting || bracketDepth(strings.ReplaceAll(source, `"`, "")) > syntax.MaxNesting) {
		return function.NewArgError(0, errNested)
	}
	if yamlRun().MatchString(source) {
		return function.NewArgError(0, errNested)
	}
	anchors := yamlAnchor().FindAllStringIndex(source, -1)
	aliases := yamlAlias().FindAllStringIndex(source, -1)
	if len(anchors) == 0 || len(aliases) == 0 {
		return nil
	}
	if anchors[len(anchors)-1][0] > aliases[0][0] && len(aliases) > 16 {
		return function.NewArgErrorf(0, "where a document has more than 16 aliases, all anchors must stand before them")
	}
	if n := len(aliases); n*n/4 > maxYAMLWork/len(source) {
		return function.NewArgErrorf(0, "the document's aliases stand for too many values")
	}
	return nil
}

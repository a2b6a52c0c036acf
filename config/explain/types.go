package explain

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
)

// types are the words that types are made of.
var types = []string{"any", "bool", "list", "map", "number", "object", "set", "string", "tuple"}

// typesElsewhere are what other languages call these.
var typesElsewhere = map[string]string{
	"int": "number", "integer": "number", "float": "number", "double": "number", "decimal": "number", "num": "number",
	"str": "string", "text": "string", "char": "string", "date": "string", "path": "string", "file": "string",
	"boolean": "bool", "array": "list(string)", "dict": "map(string)", "struct": "object({ name = string })",
}

// typeWord is the word that HCL says is no type.
var typeWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:The keyword|Keyword) "([^"]+)" is not a valid type (?:specification|constructor)\.$`)
})

const allTypes = " Types are string, number, bool, any, list(string) and likewise set(...) and map(...), object({ name = string }), and tuple([string, number])."

// Type explains what HCL says about a type, in place.
func Type(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		if d.Summary != "Invalid type specification" {
			continue
		}
		if m := typeWord().FindStringSubmatch(d.Detail); m != nil {
			meant := ""
			if known := typesElsewhere[strings.ToLower(m[1])]; known != "" {
				meant = diag.DidYouMean(known)
			}
			d.Detail = fmt.Sprintf("%q is no type.%s", m[1], cmp.Or(meant, diag.Suggest(m[1], types)))
		}
		d.Detail += allTypes
	}
	return diags
}

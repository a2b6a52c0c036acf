package studio

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/gocty"
)

var keysSchema = &hcl.BodySchema{
	Blocks: []hcl.BlockHeaderSchema{{Type: "key", LabelNames: []string{"name"}}},
}

var keySchema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{
		{Name: "secret"}, {Name: "secret_sha256"}, {Name: "tier"}, {Name: "hourly_image_credits"},
		{Name: "hourly_videos"}, {Name: "concurrent_limit"}, {Name: "expires"}, {Name: "disabled"}, {Name: "license"},
	},
}

// ParseKeys reads a keys file: one block `key "name"` for each key, with
// secret or secret_sha256, and the limits that differ from the defaults.
// Problems with a secret point at its block, so that the source line shown
// with them does not hold it.
func ParseKeys(filename string, src []byte) (Keys, hcl.Diagnostics) {
	file, diags := hclsyntax.ParseConfig(src, filename, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	content, more := file.Body.Content(keysSchema)
	diags = append(diags, more...)
	var keys Keys
	names, secrets := map[string]*hcl.Block{}, map[[sha256.Size]byte]*hcl.Block{}
	for _, block := range content.Blocks {
		key, more := parseKey(block)
		diags = append(diags, more...)
		if earlier := names[key.Name]; earlier != nil {
			diags = append(diags, problem("Duplicate key", block.DefRange.Ptr(),
				"A key named %q is already defined at %s. Names must be unique.", key.Name, earlier.DefRange))
		}
		names[key.Name] = block
		if more.HasErrors() {
			continue
		}
		if earlier := secrets[key.SecretSHA256]; earlier != nil {
			diags = append(diags, problem("Duplicate secret", block.DefRange.Ptr(),
				"This key has the same secret as the one at %s. Give each key its own.", earlier.DefRange))
		}
		secrets[key.SecretSHA256] = block
		keys = append(keys, key)
	}
	if len(content.Blocks) == 0 && !diags.HasErrors() {
		diags = append(diags, problem("No keys", file.Body.MissingItemRange().Ptr(),
			`The file defines no key. Add a block key "name" { secret = "..." }.`))
	}
	if diags.HasErrors() {
		return nil, diags
	}
	return keys, diags
}

func problem(summary string, subject *hcl.Range, format string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(format, args...), Subject: subject,
	}
}

func parseKey(block *hcl.Block) (Key, hcl.Diagnostics) {
	name := block.Labels[0]
	key := NewKey(name, "")
	content, diags := block.Body.Content(keySchema)
	if strings.TrimSpace(name) == "" {
		diags = append(diags, problem("Empty key name", block.LabelRanges[0].Ptr(),
			"A key needs a name: tasks and usage are kept under it."))
	}
	a := attributes{content.Attributes, &diags}
	a.get("tier", &key.Tier)
	a.atLeast(0, "hourly_image_credits", &key.HourlyImageCredits)
	a.atLeast(0, "hourly_videos", &key.HourlyVideos)
	a.atLeast(1, "concurrent_limit", &key.ConcurrentLimit)
	a.get("disabled", &key.Disabled)
	a.get("license", &key.License)
	var expires string
	if a.get("expires", &expires) {
		at, err := time.Parse(time.RFC3339, expires)
		if err != nil {
			a.problem("expires", "Invalid time", "%q is not a time as in RFC 3339, such as 2030-12-31T23:59:59Z.", expires)
		}
		key.Expires = at
	}
	sum, problem := secretOf(block, content)
	if problem != nil {
		diags = append(diags, problem)
	}
	key.SecretSHA256 = sum
	return key, diags
}

// secretOf returns the hash of the key's secret.
func secretOf(block *hcl.Block, content *hcl.BodyContent) (sum [sha256.Size]byte, diag *hcl.Diagnostic) {
	at := block.DefRange.Ptr()
	plain, hashed := content.Attributes["secret"], content.Attributes["secret_sha256"]
	if (plain == nil) == (hashed == nil) {
		return sum, problem("One secret needed", at, "A key needs exactly one of secret and secret_sha256.")
	}
	var text string
	if plain != nil {
		if hidden := (attributes{content.Attributes, &hcl.Diagnostics{}}); !hidden.get("secret", &text) || !sendable(text) {
			return sum, problem("Invalid secret", at,
				"secret must be a constant string of 1 to 200 printable ASCII characters without spaces: it is sent in a header.")
		}
		return sha256.Sum256([]byte(text)), nil
	}
	(attributes{content.Attributes, &hcl.Diagnostics{}}).get("secret_sha256", &text)
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != sha256.Size {
		return sum, problem("Invalid secret hash", at,
			"secret_sha256 must be the SHA-256 of the secret in 64 hexadecimal digits.")
	}
	return [sha256.Size]byte(b), nil
}

// sendable reports whether a secret survives being sent in a header.
func sendable(secret string) bool {
	if len(secret) < 1 || len(secret) > 200 {
		return false
	}
	for _, c := range []byte(secret) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// attributes reads the attributes of a block, and collects what is wrong.
type attributes struct {
	all   hcl.Attributes
	diags *hcl.Diagnostics
}

func (a attributes) problem(name, summary, format string, args ...any) {
	*a.diags = append(*a.diags, problem(summary, a.all[name].Expr.Range().Ptr(), format, args...))
}

// get sets the target if the attribute is there and of the target's type:
// *string, *int or *bool. It reports whether it did.
func (a attributes) get(name string, target any) bool {
	attr := a.all[name]
	if attr == nil {
		return false
	}
	v, diags := attr.Expr.Value(nil)
	if diags.HasErrors() {
		*a.diags = append(*a.diags, diags...)
		return false
	}
	want, err := gocty.ImpliedType(target)
	if err == nil {
		v, err = convert.Convert(v, want)
	}
	if err == nil && v.IsNull() {
		return false
	}
	if err == nil {
		err = gocty.FromCtyValue(v, target)
	}
	if err != nil {
		a.problem(name, "Unsuitable value", "%s must be %s: %s.", name, friendly(want), err)
		return false
	}
	return true
}

func friendly(t cty.Type) string {
	switch t {
	case cty.Number:
		return "a whole number"
	case cty.Bool:
		return "true or false"
	default:
		return "a string"
	}
}

func (a attributes) atLeast(least int, name string, target *int) {
	v := *target
	if !a.get(name, &v) {
		return
	}
	if v < least {
		a.problem(name, "Limit too small", "%s must be %d or more, not %d.", name, least, v)
		return
	}
	*target = v
}

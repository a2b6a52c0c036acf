package functions

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Missing tells why functions that people know from Terraform are not there,
// by their names.
var Missing = map[string]string{
	"timestamp":       notConstant,
	"plantimestamp":   notConstant,
	"uuid":            notConstant,
	"bcrypt":          notConstant,
	"rsadecrypt":      "A private key has no place in an asset configuration.",
	"abspath":         perMachine + " Paths are relative to the file they are written in.",
	"pathexpand":      perMachine + " Files outside the project cannot be read.",
	"base64gzip":      "Its result depends on the version of the compressor, so that an upgrade would regenerate assets.",
	"uuidv5":          `Use sha1 or sha256 of the name instead, for example sha1("name").`,
	"ephemeralasnull": "There are no ephemeral values here.",
	"list":            `Write a list in brackets, for example ["a", "b"], or use tolist.`,
	"map":             `Write a map in braces, for example { key = "value" }, or use tomap.`,
	"type":            "It is a command of the console only.",
}

const (
	notConstant = "Its result would differ from run to run, so that every run would generate, and pay for, the asset again. " +
		`Use a variable, or raise "revision" to ask for another take.`
	perMachine = "Its result differs from one machine to another."
)

// explainUnknown adds to the diagnostics of calls to functions that
// Terraform has and this language has not why that is so. It changes diags in
// place and returns them.
func explainUnknown(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		extra, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallUnknownDiagExtra](d)
		if !ok || extra.CalledFunctionNamespace() != "" {
			continue
		}
		name := extra.CalledFunctionName()
		if why, ok := Missing[name]; ok {
			d.Detail = fmt.Sprintf("There is no function named %q. %s", name, why)
		}
	}
	return diags
}

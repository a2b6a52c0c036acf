package cli

import (
	"fmt"
	"strings"

	"assetform/config"

	"github.com/spf13/pflag"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/unicode/norm"
)

// varFlags collects --var and --var-file in the order of the command line.
type varFlags struct {
	list  []varFlag
	input bool
}

type varFlag struct{ file, text string }

func (v *varFlags) bind(fs *pflag.FlagSet) {
	fs.Var(&varValue{list: &v.list}, "var", "set a variable: `NAME=VALUE` (repeatable)")
	fs.Var(&varValue{list: &v.list, file: true}, "var-file", "read variables from `FILE`, HCL or JSON (repeatable)")
	fs.BoolVar(&v.input, "input", true, "ask for missing variables on a terminal")
}

type varValue struct {
	list *[]varFlag
	file bool
}

func (v *varValue) String() string { return "" }

func (v *varValue) Type() string { return "string" }

func (v *varValue) Set(text string) error {
	if v.file {
		*v.list = append(*v.list, varFlag{file: text})
		return nil
	}
	if name, _, ok := strings.Cut(text, "="); !ok || strings.TrimSpace(name) == "" {
		return fmt.Errorf("%q is not of the form NAME=VALUE", text)
	}
	*v.list = append(*v.list, varFlag{text: text})
	return nil
}

// checkRecorded refuses values for variables that a saved plan has: they
// would have no effect. Sensitive ones are not in it and are given again.
func (v *varFlags) checkRecorded(recorded map[string]cty.Value) error {
	for _, given := range v.list {
		if name := cutVar(given.text).Name; given.file == "" && recorded[name] != cty.NilVal {
			return fmt.Errorf("--var %s cannot be used with a saved plan: the plan was made with its own value", name)
		}
	}
	return nil
}

// cutVar takes NAME=VALUE apart.
func cutVar(text string) config.VarFlag {
	name, value, _ := strings.Cut(text, "=")
	return config.VarFlag{Name: norm.NFC.String(strings.TrimSpace(name)), Value: value}
}

func (v varFlag) option(at place) config.VarFlag {
	if v.file != "" {
		return config.VarFlag{File: at.path(v.file)}
	}
	return cutVar(v.text)
}

package cli

import (
	"strings"

	spec "assetform/config/engine"
)

// terraformCommands are the commands of Terraform that have another name here,
// or nothing to do: what to run instead, behind "there is no command".
var terraformCommands = map[string]string{
	"state":                  `the state is the lock here: "assetform lock list", "lock show", "lock mv" and "lock rm"`,
	"state list":             `the state is the lock here: run "assetform lock list"`,
	"state show":             `the state is the lock here: run "assetform lock show ADDR"`,
	"state mv":               `the state is the lock here: run "assetform lock mv FROM TO", or write a moved block`,
	"state rm":               `the state is the lock here: run "assetform lock rm ADDR", or write a removed block`,
	"state pull":             `the state is the file assetform.lock.json, which git keeps; "assetform show --json" prints it`,
	"state push":             `the state is the file assetform.lock.json, which git keeps; "assetform lock merge" merges two of them`,
	"state replace-provider": `the provider of an asset is its attribute "provider", and another one generates it again`,
	"import":                 `put the file at the asset's output path and run "assetform adopt ADDR", or write an import block`,
	"get":                    `modules are directories of the project, so there is nothing to get`,
	"taint":                  `to have an asset generated again, run "assetform apply --replace ADDR"`,
	"untaint":                `nothing is ever tainted; "assetform tasks forget ADDR" gives up a request that is still open`,
	"refresh":                `there is nothing remote to refresh: "assetform plan" and "assetform verify" look at the files themselves`,
	"workspace":              `one directory is one project: use a directory, a git branch or a --var-file for each`,
	"providers":              `providers are built in: "assetform plan" says where requests go, "assetform health" and "assetform models" ask the service`,
	"force-unlock":           `the run lock of a process that has ended frees itself; "--lock-timeout 5m" waits for one that runs`,
	"login":                  `the key is read from the environment: set %s`,
	"logout":                 `the key is read from the environment: unset %s`,
	"status":                 `"assetform plan" shows what would change, "assetform verify" whether everything agrees, and "assetform tasks list" what is open`,
	"diff":                   `"assetform plan" shows what an apply would change, and "assetform report" the pictures before and after`,
	"generate":               `run "assetform apply"`,
	"test":                   `"assetform validate" checks the configuration, and "assetform verify" that lock and files agree with it`,
	"metadata":               `"assetform console" lists the functions on completion`,
}

// InsteadOf answers a command of Terraform: what to run here, "" for words
// that are none.
func InsteadOf(words []string, engines spec.Registry) string {
	answer := ""
	if len(words) > 1 {
		answer = terraformCommands[words[0]+" "+words[1]]
	}
	if answer == "" {
		answer = terraformCommands[words[0]]
	}
	for _, e := range engines.Engines() {
		if e.Server.KeyEnv != "" {
			return strings.ReplaceAll(answer, "%s", e.Server.KeyEnv)
		}
	}
	return answer
}

// terraformFlags are flags of Terraform that are no flags here: what to write
// or do instead.
var terraformFlags = map[string]string{
	"parallelism":         `only "assetform apply" runs tasks: it takes --parallelism N`,
	"auto-approve":        `nothing is asked here: "assetform apply" and "assetform destroy" take --auto-approve`,
	"y":                   `"assetform apply" and "assetform destroy" take --auto-approve`,
	"yes":                 `"assetform apply" and "assetform destroy" take --auto-approve`,
	"force":               "--auto-approve asks nothing, and --overwrite-drifted gives up files that were changed by hand",
	"f":                   "--auto-approve asks nothing, and --overwrite-drifted gives up files that were changed by hand",
	"dry-run":             `"assetform plan" shows what an apply would do, and sends nothing`,
	"n":                   `"assetform plan" shows what an apply would do, and sends nothing`,
	"destroy":             `run "assetform destroy"`,
	"refresh":             "there is nothing remote to refresh",
	"refresh-only":        "there is nothing remote to refresh",
	"lock":                "an apply always takes the run lock, and a plan takes none",
	"state":               "the state is assetform.lock.json in the directory that --chdir names",
	"state-out":           "the state is assetform.lock.json in the directory that --chdir names",
	"backup":              "git keeps the older versions of the lock",
	"backend":             "there is no backend: git keeps the lock",
	"backend-config":      "there is no backend: git keeps the lock",
	"reconfigure":         "there is no backend: git keeps the lock",
	"migrate-state":       "there is no backend: git keeps the lock",
	"upgrade":             "there is nothing to upgrade: providers are built in, and modules are directories of the project",
	"plugin-dir":          "providers are built in",
	"get":                 "modules are directories of the project",
	"from-module":         `examples are copied with "assetform init --example NAME"`,
	"generate-config-out": "no configuration is generated; an import block needs the asset's block",
	"compact-warnings":    "warnings have one form",
	"show-sensitive":      "what is sensitive is never shown",
	"concise":             "a plan lists what changes, and --verbose everything",
	"write":               "use --check, which writes nothing",
	"list":                "use --check, which lists the files",
	"draw-cycles":         "a cycle is an error that is printed",
	"type":                "the graph has one type; see --format",
	"module-depth":        "the graph has one depth",
	"plan":                "give the plan file as the argument of \"assetform show\"",
}

// InsteadOfFlag answers a flag of Terraform that there is not here.
func InsteadOfFlag(name string) string { return terraformFlags[strings.TrimLeft(name, "-")] }

package main

import "assetform/apply/cli"

// commands is the command table, in the order of the help.
func commands() []command {
	return []command{
		{
			name: "init", usage: "[flags]", bind: cli.Init,
			short: "Start a project, or add what git needs to one",
			long: `
Writes a starter configuration, or an example, with .gitignore and
.gitattributes, and sets up git to merge locks. In a project that exists it
only adds what is missing. It never overwrites a file.

Examples:
  assetform init
  assetform init --example game`,
		},
		{
			name: "validate", usage: "[flags]", bind: cli.Validate,
			short: "Check the configuration; offline",
			long: `
Evaluates the configuration and reports everything that is wrong with it. It
needs no network, no key and no lock.

Examples:
  assetform validate
  assetform --chdir game/assets validate --json`,
		},
		{
			name: "plan", usage: "[flags]", bind: cli.Plan,
			short: "Show what would change, why and at what cost; offline",
			long: `
Compares configuration, lock and files, and shows what an apply would generate,
why, and what it would cost. Nothing is sent and no output is written. It exits
with 6 when an apply would be refused.

Examples:
  assetform plan
  assetform plan --out plan.json --max-image-credits 50`,
		},
		{
			name: "verify", usage: "[flags]", bind: cli.Verify,
			short: "Check that configuration, lock and files agree; offline",
			long: `
The required check of a pull request: exits with 0 when an apply would do
nothing and every output is what the lock says, with 2 when not. Git LFS
pointers count as the content they name.

Examples:
  assetform verify
  assetform verify --json --no-index`,
		},
		{
			name: "show", usage: "[PLAN] [flags]", bind: cli.Show,
			short: "Show a saved plan, or the lock",
			long: `
Shows a plan that "plan --out" saved, or without an argument what the lock
holds.

Examples:
  assetform show
  assetform show plan.json --json`,
		},
		{
			name: "output", usage: "[NAME] [flags]", bind: cli.Output,
			short: "Show output values",
			long: `
Shows the values of the output blocks, or of one of them.

Examples:
  assetform output
  assetform output knight_path --raw`,
		},
		{
			name: "serve", usage: "[flags]", bind: cli.Serve,
			short: "Run the local Imaginator-compatible server",
			long: `
Runs a server that speaks the Imaginator API and draws sketches, for developing
and testing without cost. The faults that --fault switches on:

` + cli.FaultHelp() + `
Examples:
  assetform serve
  assetform serve --listen 127.0.0.1:0 --data-dir studio --latency 2s`,
		},
		{
			name: "version", usage: "[flags]", bind: cli.Version,
			short: "Show the version",
			long: `
Shows the version of assetform and the platform it was built for.

Examples:
  assetform version
  assetform version --json`,
		},
	}
}

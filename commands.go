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
only adds what is missing. It never overwrites a file. Run it once in every
clone: git takes the command that merges locks from no repository. Run it again
when there are exports, which git then checks out with the line ends they have.

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
			name: "fmt", usage: "[FILE or DIR or - ...] [flags]", bind: cli.Fmt,
			short: "Rewrite configuration files in canonical form",
			long: `
Rewrites *.asset.hcl and *.vars.hcl files; comments survive. "-" formats
standard input.

Examples:
  assetform fmt --recursive
  assetform fmt --check --diff`,
		},
		{
			name: "plan", usage: "[flags]", bind: cli.Plan,
			short: "Show what would change, why and at what cost; offline",
			long: `
Compares configuration, lock and files, and shows what an apply would generate,
why, and what it would cost. Nothing is sent and no output is written; only with
--remote read is the project's remote asked what it has. It exits
with 6 when the plan itself would be refused: over a budget, a protected asset,
a file made or changed by hand. A key is asked for by apply alone; an origin to
which nothing may be sent is a warning here, and refused there. With --base it
also says what the branch did so far, by the lock: generated, picked, adopted,
moved, deleted, and what that cost. What was generated once is restored for
nothing, from the store or from git's history on the first parents of HEAD.

Examples:
  assetform plan
  assetform plan --base origin/main --format markdown
  assetform plan --out plan.json --max-image-credits 50`,
		},
		{
			name: "apply", usage: "[PLAN] [flags]", bind: cli.Apply,
			short: "Carry out a plan",
			long: `
Shows the plan, asks, and carries it out: sends what must be generated, waits
for it, writes outputs and lock. A saved plan is carried out without asking. A
killed or interrupted apply is resumed by the next one at no cost.

Examples:
  assetform apply
  assetform apply --auto-approve --max-image-credits 50 --wait=2h`,
		},
		{
			name: "destroy", usage: "[flags]", bind: cli.Destroy,
			short: "Delete every output that the lock owns",
			long: `
Deletes the outputs that the lock owns byte for byte, and their entries. Their
contents stay in the store. Of what was adopted only the entry goes, unless
--overwrite-adopted names it.

Examples:
  assetform destroy
  assetform destroy --target 'image.icon["*"]' --auto-approve`,
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
Shows a plan that "plan --out" saved or "plan --json" printed, or without an
argument what the lock holds. With --format markdown it is the comment on a pull
request; the plan may be a stranger's. --pictures and --pages give that comment
pictures of the repository and a link.

Examples:
  assetform show
  assetform show plan.json --format markdown`,
		},
		{
			name: "explain", usage: "ADDR [flags]", bind: cli.Explain,
			short: "Show where an asset's inputs come from and what differs",
			long: `
Shows an asset's inputs with the file and line each comes from, its hash, what
differs from the lock, its candidates, and what depends on it.

Examples:
  assetform explain image.knight
  assetform explain 'image.icon["sword"]' --json`,
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
			name: "graph", usage: "[flags]", bind: cli.Graph,
			short: "Show assets and dependencies",
			long: `
Prints the graph of the assets for Graphviz or Mermaid.

Examples:
  assetform graph | dot -Tsvg > assets.svg
  assetform graph --format mermaid`,
		},
		{
			name: "console", usage: "[flags]", bind: cli.Console,
			short: "Evaluate expressions against the configuration",
			long: `
Evaluates expressions: one a line from standard input, or with history and
completion on a terminal. type(x) gives the type of a value.

Examples:
  assetform console
  echo 'length(image.icon)' | assetform console`,
		},
		{
			name: "adopt", usage: "ADDR... [flags]", bind: cli.Adopt,
			short: "Accept files on disk as the results of assets",
			long: `
Accepts the file at an asset's output path as the result of today's inputs,
with or without an entry in the lock. Nothing is generated. Globs are accepted.

What was adopted, or imported, was made by hand: no change replaces or deletes
it unless --overwrite-adopted of plan, apply and destroy names the asset. With
--release the mark is taken off, in the lock alone, and edits generate again;
until then the file is still no result that others with these inputs would get.
What was generated for today's inputs and stands as it came is not adopted.

Examples:
  assetform adopt image.knight
  assetform adopt 'image.icon["*"]'
  assetform adopt --release image.knight`,
		},
		{
			name: "pick", usage: "ADDR [N] [flags]", bind: cli.Pick,
			short: "Make a candidate an asset's output",
			long: `
Makes candidate N of an asset its output and says so in the lock. Nothing is
generated and nothing is sent: what is picked was paid for. What was waiting for
the pick is due in the next plan. An asset with prevent_regenerate takes no
other candidate.

Without N the candidates are listed, with their pictures on a terminal that can
show them; --unpicked lists those of all assets that wait for a pick.

Examples:
  assetform pick image.boss
  assetform pick image.boss 3
  assetform pick --unpicked`,
		},
		{
			name: "restore", usage: "[ADDR...] [flags]", bind: cli.Restore,
			short: "Bring missing outputs back from store, remote or git",
			long: `
Brings outputs that are missing on disk back from the store, the project's
remote or git: all, or those of the addresses and globs. Where another result of
assetform stands than the lock says, as after a pull, it is replaced. What a
person made is left alone. With --check no output is written; what the remote
has is noted for "verify --missing ok".

Examples:
  assetform restore
  assetform restore image.knight`,
		},
		{
			name: "lock list", usage: "[ADDR...]", bind: cli.LockList,
			short: "List the assets of the lock",
			long: `
Lists the addresses of the lock's entries, a line each; with addresses or globs
only those they name.

Examples:
  assetform lock list
  assetform --chdir game/assets lock list`,
		},
		{
			name: "lock show", usage: "ADDR... [flags]", bind: cli.LockShow,
			short: "Show an entry of the lock",
			long: `
Shows what was asked, what came back and what it cost. An address without a key
names all its instances.

Examples:
  assetform lock show image.knight
  assetform lock show 'image.icon["*"]' --json`,
		},
		{
			name: "lock mv", usage: "FROM TO [flags]", bind: cli.LockMv,
			short: "Rename an entry of the lock",
			long: `
Gives an asset, all instances of a block, or a module another address. Only the
lock is edited. A rename in the configuration is recognised without it.

Examples:
  assetform lock mv image.knight image.hero
  assetform lock mv --dry-run 'image.icon[0]' 'image.icon["sword"]' `,
		},
		{
			name: "lock rm", usage: "ADDR... [flags]", bind: cli.LockRm,
			short: "Forget entries of the lock",
			long: `
Drops entries from the lock. Their files stay, and "assetform adopt" takes them
back.

Examples:
  assetform lock rm image.knight
  assetform lock rm --dry-run 'image.icon["*"]' `,
		},
		{
			name: "lock merge", usage: "[LOCK | %O %A %B [%P]] [flags]", bind: cli.LockMerge,
			short: "Merge locks, or resolve conflict markers in one",
			long: `
With git's arguments it is the merge driver that "assetform init" sets up: of an
asset that both sides changed, the side that the configuration on disk asks for
stays, else ours. Without arguments, or with the lock's path, it resolves the
conflict markers in the project's lock. What the other side generated becomes a
stored result: whatever configuration is settled on is restored and never paid
for again.

Examples:
  assetform lock merge
  git config merge.assetform.driver "assetform lock merge %O %A %B %P"`,
		},
		{
			name: "store list", usage: "", bind: cli.StoreList,
			short: "Show what the store holds",
			long: `
Lists the stored results of this project.

Examples:
  assetform store list
  assetform --chdir game/assets store list`,
		},
		{
			name: "store prune", usage: "[flags]", bind: cli.StorePrune,
			short: "Remove stored results that nothing names",
			long: `
Removes stored results that neither the lock nor the journal names. The store
is never pruned by itself.

Examples:
  assetform store prune --dry-run
  assetform store prune --older-than 30d`,
		},
		{
			name: "remote status", usage: "[flags]", bind: cli.RemoteStatus,
			short: "Show what lock, store and remote lack of each other",
			long: `
Asks the project's remote for each content that the lock names: outputs, what
they were converted from, and candidates. It exits with 2 when one of them is
not everywhere, or an upload is still due.

Examples:
  assetform remote status
  assetform remote status --json`,
		},
		{
			name: "remote push", usage: "[flags]", bind: cli.RemotePush,
			short: "Upload what the lock names and the remote lacks",
			long: `
Uploads contents that the remote does not have, and the results of what was paid
for: to fill a new remote, or after an apply that could not reach it. It exits
with 3 when something that the lock names is neither here nor there. A record
that is damaged is written over; --checksum reads all contents that the remote
has, and uploads over those whose bytes are others.

Examples:
  assetform remote push
  assetform remote push --checksum
  ASSETFORM_REMOTE_URL=file:///mnt/nas/art assetform remote push`,
		},
		{
			name: "remote pull", usage: "[flags]", bind: cli.RemotePull,
			short: "Download what the lock names into the store",
			long: `
Downloads outputs, what they were converted from, and all candidates into the
store of this machine, to work without a network. "assetform restore" writes the
outputs. It exits with 3 when something is neither here nor there.

Examples:
  assetform remote pull
  assetform remote pull --json`,
		},
		{
			name: "remote prune", usage: "[flags]", bind: cli.RemotePrune,
			short: "List what no lock of any ref names, or delete it",
			long: `
Lists the files in the remote that no lock names: not that on disk, and none of
a branch, tag or other ref of this clone. Fetch all branches first, and tag what
has to stay: what only older commits name is listed. So is what others have
generated and not pushed yet, unless --older-than keeps it. What other
repositories have in the same remote is not seen, and counts as not named.

Examples:
  assetform remote prune
  assetform remote prune --older-than 30d --delete`,
		},
		{
			name: "tasks list", usage: "[flags]", bind: cli.TasksList,
			short: "Show the journal's tasks and the server's",
			long: `
Lists what the journal remembers, and a page of the server's list, newest
first.

Examples:
  assetform tasks list
  assetform tasks list --status failed --type video --per-page 50`,
		},
		{
			name: "tasks show", usage: "TASK_ID [flags]", bind: cli.TasksShow,
			short: "Show one task of the server",
			long: `
Asks the server for a task and prints it as JSON.

Examples:
  assetform tasks show 42
  assetform tasks show 42 --provider imaginator`,
		},
		{
			name: "tasks attach", usage: "ADDR TASK_ID [flags]", bind: cli.TasksAttach,
			short: "Say which task answered a request",
			long: `
Records that a task is the result of an asset's request whose outcome is
unknown. The next apply collects it at no cost.

Examples:
  assetform tasks attach image.knight 42
  assetform tasks attach 'image.icon["sword"]' 43`,
		},
		{
			name: "tasks forget", usage: "ADDR [flags]", bind: cli.TasksForget,
			short: "Give up an asset's open requests",
			long: `
Gives up the open requests and tasks of an asset. The next apply may send its
request again, which may be paid for a second time. With --claim it gives up
what another machine has claimed in the remote and is not heard of since.

Examples:
  assetform tasks forget image.knight
  assetform tasks forget --claim 'image.icon["sword"]' `,
		},
		{
			name: "tasks recover", usage: "[flags]", bind: cli.TasksRecover,
			short: "Go on without a damaged journal",
			long: `
Moves a damaged journal aside and begins a new one. What could still be read in
it of paid tasks is listed, to be taken back with "assetform tasks attach".

Examples:
  assetform tasks recover
  assetform tasks recover --lock-timeout 1m`,
		},
		{
			name: "tasks settle", usage: "[flags]", bind: cli.TasksSettle,
			short: "Settle requests whose outcome is unknown",
			long: `
Goes through the requests whose outcome is unknown, shows each with its likely
task, and asks: attach the task, forget the request (it is sent again next time,
which may be paid for a second time), or leave it. "attach TASK_ID" takes
another task. Answers may come by a pipe, a line for each request. It exits with
5 while something is unsettled.

Examples:
  assetform tasks settle
  assetform tasks settle --accept-likely`,
		},
		{
			name: "quota", usage: "[flags]", bind: cli.Quota,
			short: "Show the key's limits and what was used",
			long: `
Asks the API for the limits of the key and what was used this hour.

Examples:
  assetform quota
  assetform quota --json`,
		},
		{
			name: "health", usage: "[flags]", bind: cli.Health,
			short: "Ask whether the API answers",
			long: `
Asks the API whether it is there.

Examples:
  assetform health
  assetform health --provider imaginator`,
		},
		{
			name: "models", usage: "[flags]", bind: cli.Models,
			short: "Show the models of the API",
			long: `
Asks the API for its image models and their price.

Examples:
  assetform models
  assetform models --json`,
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
			name: "report", usage: "[flags]", bind: cli.Report,
			short: "Write pages that show pictures before and after",
			long: `
Writes static pages for what changed since HEAD and a git ref parted (or since
the lock's last commit): pictures before and after, candidates with the commands
that pick them, players, prompts, costs. A file that is not what the lock says
is among them, as changed by hand. Where there is nothing to compare with, or
nothing differs from the last commit, they are a gallery of all assets. With
--unpicked they show what waits for a pick, the candidates side by side; keys 1
to 9 choose, and the commands of all choices are copied together. The pages ask
no other host for anything. With --format markdown or json it prints what was
done and what is still due instead.

Examples:
  assetform report
  assetform report --unpicked
  assetform report --base origin/main
  assetform report --base origin/main --format markdown`,
		},
		{
			name: "disclose", usage: "[flags]", bind: cli.Disclose,
			short: "List what was generated, by which model and of what",
			long: `
Lists the generated assets of the lock: address, output, kind, who made it,
IPTC's source type, provider, model, method, prompt, seed, sources and marks of
provenance. Sources are addresses, or the content hashes of files that are no
assets. With --all also what is derived from them, and what a person made.

It reads the lock alone and lists what was last applied; "assetform verify"
tells whether that is all. What is sensitive is not shown.

Examples:
  assetform disclose
  assetform disclose --all --format csv > generated.csv`,
		},
		{
			name: "cost", usage: "[flags]", bind: cli.Cost,
			short: "Add up what was paid, from the lock's history in git",
			long: `
Adds up what the results have cost that the committed versions of the lock
name, on every branch that was merged: each result once, candidates included.
Moves, restores and merges add nothing. What was generated and overwritten
between two commits is not seen, and what is not committed is not counted.

With --since it counts what the history of a ref does not have; the ref need
not be an ancestor. A month is that of the first commit with a result, by its
author's date in UTC. Amounts are those of today's prices in the configuration.

Examples:
  assetform cost --by month
  assetform cost --since origin/main --by asset --json`,
		},
		{
			name: "completion", usage: "SHELL", bind: cli.Completions,
			short: "Print a completion script for bash, zsh or fish",
			long: `
Prints a script that completes commands, flags and the addresses of the
project's assets.

Examples:
  source <(assetform completion bash)
  assetform completion fish > ~/.config/fish/completions/assetform.fish`,
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

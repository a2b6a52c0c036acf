// Package cli is what the commands of assetform do.
//
// Each command is one function that declares its flags on a flag set and
// returns a Run. A Run gets a Session and hands on the part of it that a step
// needs: streams, which are what a process gives (input, output, environment,
// terminal) and which print; loader, which has them and loads a project;
// place, which says what paths mean; keyring, which knows every secret. A
// workspace is a project with its lock, store and journal. The package glues
// the others together and decides nothing about assets: the configuration is
// read by config, compared by plan, carried out by apply.
//
// Results go to Out of the streams, diagnostics and progress to their Err, and
// a command that only reads never creates, changes or locks anything but the
// remembered file hashes. What an exit code means stands in exits.go alone.
//
// Start reading at session.go, then loader.go and workspace.go.
package cli

// Package cli is what the commands of assetform do.
//
// Each command is one function that declares its flags on a flag set and
// returns a Run. A Run gets a Session, which holds the streams, the
// environment and the settings of the process, and returns an exit code. The
// package glues the others together and decides nothing about assets: the
// configuration is read by config, compared by plan, carried out by apply.
//
// Results go to the session's Out, diagnostics and progress to its Err, and a
// command that only reads never creates, changes or locks anything but the
// remembered file hashes.
//
// Start reading at session.go, then workspace.go, which is a project with its
// lock, store and journal.
package cli

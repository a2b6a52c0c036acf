// Package oci keeps a remote's files in a repository of a container registry:
// each file is a manifest with one layer, its content, under a tag that is the
// file's name with underscores for slashes.
//
// A registry has no create-if-absent, so there is no Create. A repository that
// was never pushed to cannot be told from one that is named wrongly. Credentials
// are docker's: its configuration file and credential helpers.
//
// The few requests that this takes are made here: initialising a library for
// them would be a tenth of what a command without a remote takes to start. Start
// reading at Open.
package oci

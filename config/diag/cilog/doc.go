// Package cilog keeps what assetform prints from being taken for a command by
// the CI system that reads the log.
//
// GitHub's runner obeys lines of stdout and stderr that begin with "::name",
// after any blanks, and "##[name]" anywhere in a line; Azure Pipelines obeys
// "##vso[...]", TeamCity "##teamcity[...]". A file's name, a prompt or a word
// of a server could be one. [Writer] stands at the process boundary and breaks
// them up with a blank that can be seen; characters that cannot be seen would
// not do, because the runner's comparison passes over them. What a program
// reads must not be changed by a blank: [Escape] writes the same in JSON and
// HCL, and [Starts] tells what cannot be printed as it is.
//
// Start reading at [Writer].
package cilog

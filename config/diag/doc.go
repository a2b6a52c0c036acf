// Package diag shows diagnostics to people and programs: as text for a
// terminal, and as the JSON of Terraform's validate command.
//
// It decides how a diagnostic looks, never whether there is one. Both forms
// are made from a [Diagnostic], and what becomes one is safe to show: a
// marked value is replaced by "(sensitive value)", so are known secrets in the
// lines of the sources, and control characters, whether they come from a
// configuration or from a server's words, are written as escapes.
//
// It also has what everybody needs who prints words of others: [Clean] and
// [CleanLine], and the one [Redactor]; and the words that everybody says:
// [Suggest], [Count], [Quoted], [ShellWord].
//
// Start reading at [Printer].
package diag

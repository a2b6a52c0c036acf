package render

import "assetform/plan"

// Markdown shows a plan in the comment on a pull request.
func Markdown(doc plan.Document, o Options) string { return Text(doc, o) }

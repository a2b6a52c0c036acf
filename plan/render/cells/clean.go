package cells

import "assetform/config/diag"

// Clean returns s as one line that a terminal shows and does not act on.
func Clean(s string) string { return diag.CleanLine(s) }

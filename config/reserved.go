package config

// Reserved returns ".git" or ".assetform" when a component of a path with
// slashes is one of these directories, or another name by which some system
// reaches it; "" when none is.
func Reserved(p string) string { return reservedPart(p) }

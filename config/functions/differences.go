package functions

// A Difference is an expression that Terraform evaluates otherwise. Where it is
// of a function, other expressions with that function may differ in the same
// way.
type Difference struct {
	Function, Expression string
	Why                  string // for people
}

// Differences lists them. A test compares with Terraform's console, where it is
// installed.
var Differences = []Difference{
	{"contains", `contains(["a"], null)`, "Null can be looked for. Terraform up to 1.11 refuses it."},
	{"element", `element(["a", "b", "c"], -1)`, "A negative index counts from the end. Terraform up to 1.11 refuses it."},
	{"signum", `signum(1.5)`, "Any number has a sign. Terraform takes whole numbers alone."},
	{"", `true || null`, "The right side is not looked at when the left one decides. Terraform up to 1.11 refuses it."},
	{"csvdecode", `csvdecode("a;b\n1;2")`, "An error that says how the columns are parted. Terraform makes one column of it."},
	{"csvdecode", `csvdecode("\ufeffid\nx")[0].id`, "A byte order mark is no part of the first column's name."},
	{"csvdecode", `csvdecode("id\rx\ry")[1].id`, "A lone CR ends a line."},
	{"jsondecode", `jsondecode("\"\\ud83d\"")`, "An error, because half of a pair of escapes is no character. Terraform makes U+FFFD of it."},
	{"split", `split("\r\n", "a\nb")`, "An error, because file() gives LF for every line end, so that such a split would find nothing. Terraform gives one element."},
	{"yamldecode", `yamldecode(".inf")`, "Numbers are finite."},
	{"fileset", `fileset(".", "")`, "A pattern that can match nothing is an error. Terraform finds nothing."},
}

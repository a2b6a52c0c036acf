// Package explain makes what HCL says about a configuration into what a person
// needs to hear: the reason, and what to write instead, where Terraform has a
// name and this language has not; the names that there are where one is not
// there; one suggestion, the same in every run, where HCL takes the first that
// it meets.
//
// It changes texts and leaves out what only follows from another error, so that
// what is wrong stays wrong, and it is told what is secret: no name of something
// sensitive is listed.
//
// Start with Structure, which is for bodies, and Evaluation, which is for
// expressions; the reasons stand in terraform.go and, for names of other
// languages and generators, in elsewhere.go.
package explain

// Package explain makes what HCL says about a configuration into what a person
// needs to hear: the reason, and what to write instead, where Terraform has a
// name and this language has not; the names that there are where one is not
// there; one suggestion, the same in every run, where HCL takes the first that
// it meets.
//
// It changes texts alone, never what is an error, and it is told what is secret:
// no name of something sensitive is listed.
//
// Start with Structure, which is for bodies, and Evaluation, which is for
// expressions; the reasons stand in terraform.go.
package explain

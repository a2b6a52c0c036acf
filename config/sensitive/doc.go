// Package sensitive keeps secrets out of what is shown and stored. It decides
// which values are marked as sensitive, and evaluates expressions so that
// nothing about a secret comes out unmarked: neither in a value, nor in
// whether there is one, nor in a message.
//
// It does not decide which variables are sensitive, and it redacts no text of
// others: config and config/diag do.
//
// The invariant: whatever a secret has a say in bears the mark. Where an error
// is passed over, as by can and try, the result is marked by what could have
// made it fail, whether it did or not.
//
// Start reading at Evaluate in evaluate.go, the one way to an expression's
// value, and at the essay in silence.go.
package sensitive

// Package engine is what apply asks of whatever generates: one small interface,
// [Driver], and neutral requests, tasks and errors.
//
// It decides what an answer can mean for money ([Class]) and what a driver that
// says nothing of an ability is taken for: one that charges for every request,
// honours no idempotency key, has no task list, no quota and keeps its task
// ids. An ability is a small interface that a driver may also have: [Finder],
// [Quoter], [Prober], [KeyChecker].
//
// It knows no engine. What an engine can make, as data, is a value of
// config/engine; its driver stands with it in a folder of its own below this
// one, and apply/engine/all lists them. enginetest is what every driver passes.
//
// The invariant that all of apply is built on: Submit sends a request once, and
// an error without a class means that the request may have been paid for.
//
// Start reading at Driver, then at Class.
package engine

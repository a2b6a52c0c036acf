// Package enginetest is the contract that every driver passes: [Run] holds one
// against the promises of package engine, for each method and each row of the
// engine's table.
//
// It decides what a driver may be relied on for by apply: that whatever the
// table has arrives as it was given, that what is refused is refused with a
// definite class and creates nothing, that a result is media, that an ability
// which is declared keeps what its documentation says. Nothing is assumed of
// an ability that is not declared.
//
// [Bare] is the least that an engine can be, for tests of what apply does with
// an engine that promises nothing. [HandlerTransport] calls an HTTP handler
// without a network.
//
// The package is for tests: no package of the program imports it, and it knows
// no engine by name. Each engine's own tests call Run; start reading there.
package enginetest

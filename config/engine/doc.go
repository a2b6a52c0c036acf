// Package engine says what an engine can make, as data: its methods and their
// parameters, the units it charges in and what each method costs, how it is
// reached and what it limits.
//
// An [Engine] is a value that its own folder below apply/engine declares; a
// [Registry] of them is handed to config.Load and goes from there to plan,
// lock and report. Nothing here, and nothing else outside an engine's folder,
// names an engine, a method, a parameter or a unit. What an engine does not
// say is the careful thing: it charges. One that derives makes files of files:
// it has kinds of assets of its own, and only the grammar of addresses knows
// these as well.
//
// The configuration checks assets against the tables, the planner hashes and
// prices by them, requests are built from them, and the reference pages are
// made of them. A fact about a method that stands anywhere else is a bug.
//
// It decides nothing by itself. Start at Engine, then at Registry.
package engine

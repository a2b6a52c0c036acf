// Package method is the one table of what the Imaginator API can generate.
//
// It decides nothing by itself: it states, for each of the seven API methods,
// which attributes select it, which parameters it takes, their documented
// values and defaults, which input images it wants and what it costs. The
// configuration checks assets against it, the planner hashes and prices by it,
// the applier builds requests from it, the local server validates requests
// with it and the reference pages are generated from it. A fact about a method
// that stands anywhere else is a bug.
//
// The package imports nothing else of assetform but config/address, so that
// both the configuration and the local server can read it. Start at Table.
//
// Source of every fact: the Imaginator API document, "Generation Methods
// Summary", the parameter tables of each method and "Credits System".
package method

// Package evaluation gives what a configuration names its values, on demand
// and once. Expressions may name each other in any order and across modules,
// so values are cells that are computed when first read; a cell that is read
// while it is being computed closes a cycle.
//
// It decides what a name in an expression means, what an expression comes to,
// how many instances for_each and count make, how far references may lead and
// how large a value may become. It knows no declaration, no engine, no file:
// whoever makes a Scope fills it with cells and says how each is computed. Of
// what an asset of any kind is it knows the name and the instances.
//
// The invariant: what cannot be evaluated is reported once and has the value
// cty.DynamicVal from then on. Nothing else is ever unknown, so an unknown
// value always means "already reported", and whoever meets one keeps silent.
//
// Start reading at Force in cell.go; then Bind in bound.go, which puts what an
// expression reads into its context, and resolve.go, which finds it.
package evaluation

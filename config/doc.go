// Package config turns HCL files into the assets a project wants.
//
// It decides what a configuration means: which files belong to a module, what
// every expression evaluates to, which API method an asset uses, which images
// it needs, and whether all of that is valid. It never reads the lock, never
// looks at outputs on disk, needs no network and has no unknown values: after
// Load every Spec is complete except for the bytes of images that are still
// to be generated.
//
// The invariant: a Project that was loaded without errors can be planned.
// Every problem a person can fix in a file is a diagnostic with a range, all
// problems of a run are reported together, and the same files and variables
// give the same Project in the same order.
//
// Start reading at Load in load.go, which puts the parts together: moduleLoader
// reads declarations, given the values from outside, moduleEvaluator and
// assetEvaluator fill the scopes of config/evaluation, and a linker connects
// the assets. Spec in spec.go is what the rest of assetform sees of an asset.
// What engines can do reaches Load as data, a Registry of config/engine.
package config

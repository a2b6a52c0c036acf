// Package open opens a project's remote by its address: it knows all backends.
package open

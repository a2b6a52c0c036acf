//go:build !race

package claim

// underRace tells that the race detector watches, under which the long walk takes
// minutes and finds nothing more.
const underRace = false

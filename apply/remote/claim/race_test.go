//go:build race

package claim

const underRace = true

package engine

import "assetform/config/address"

// A Making is what is known of a derived asset before it is made.
type Making struct {
	Address address.Address
	Dir     string         // the root module's, relative to the project's root
	Output  string         // relative to the root module's directory
	Params  map[string]any // by Param.Key, those that are not at their defaults
	Sources []MakingSource // in the order of the asset's inputs
}

// A MakingSource is a file that an asset is made of. What nothing tells is zero.
type MakingSource struct {
	Input, Member string
	Path          string
	Address       address.Address // of the asset that writes it; zero for another file
	Alt           string
	MediaType     string
	Width, Height int     // pixels
	Duration      float64 // seconds
	Frames        map[string][]int
}

package engine

import (
	"context"
	"io"
	"log/slog"

	"assetform/config/address"
	"assetform/lockfile"
)

// A Maker is what an engine that derives has in place of a driver: it makes
// results of files of the project. Its methods may be called concurrently, and
// equal jobs give equal bytes. One that is an io.Closer is closed when the run
// is over.
type Maker interface {
	// Make writes the result to dst. After an error what it wrote counts for
	// nothing.
	Make(ctx context.Context, j Job, dst io.Writer) (Made, error)
}

// MakerSettings say how a Maker works.
type MakerSettings struct {
	Temp string // a directory for files of its own; "": the system's
	Log  *slog.Logger
}

// A Job asks for one result.
type Job struct {
	Address address.Address
	Method  string
	// Params are the parameters, by their names in the engine's table: string,
	// int64, float64, bool, []string or []float64. What is not there is at its
	// default.
	Params  map[string]any
	Dir     string   // the root module's directory, relative to the project's root
	Output  string   // relative to the root module's directory; its extension says the format
	Sources []Source // in the order of the asset's inputs
	// Credit and Rights stand in pictures that are made of generated ones.
	Credit, Rights string
}

// A Source is a file that a result is made of.
type Source struct {
	Input  string // the name of the input
	Member string // the file's name in an input whose members have names
	Path   string // relative to the root module's directory
	Hash   lockfile.ContentHash
	Size   int64 // bytes
	// Address is that of the asset whose output the file is, Entry what the
	// lock has of it, Alt what it says to people, Params what its own job has,
	// Of the asset that it is made of if that is one; zero for another file.
	Address address.Address
	Entry   *lockfile.Entry
	Alt     string
	Params  map[string]any
	Of      address.Address
	// Generated says that an engine made it, Charged that one that charges did:
	// a sketch is made, too, but by no model.
	Generated, Charged bool
	// Open opens the file. That its content is Hash is for the reader to see.
	Open func() (File, error)
}

// File is an open file.
type File interface {
	io.ReaderAt
	io.ReadCloser
}

// Made is what came of a job.
type Made struct {
	MediaType     string // "" for a file that is no media
	Width, Height int
	Frames        map[string][]int  // of an atlas, as the lock has them
	Marks         map[string]string // of provenance, as the lock has them
	// Lost says as a sentence how a manifest of C2PA got lost; "" for none. One
	// warning a run is enough, whatever lost one.
	Lost     string
	Warnings []string // in words, each a sentence
	// Unsigned says that a person may have made a text of the same bytes: nothing
	// in it says who did.
	Unsigned bool
}

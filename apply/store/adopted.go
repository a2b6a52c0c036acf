package store

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"assetform/lockfile"
)

// Files that a person gave an asset are kept apart from results: they restore
// that asset alone, and must neither hide nor replace what the same inputs
// gave when they were paid for. Beside such a content's blob stands a mark,
// since the file may outlive its entry in the lock and is a person's still.

// PutAdopted records that e, whose ContentHash must be in the store, is the
// file that a person gave the asset of this address for e's inputs, and perhaps
// released. An older one for the same address and inputs is replaced.
func (s *Store) PutAdopted(address string, e lockfile.Entry) (err error) {
	if e.Adopted {
		// The mark first: a record without it would let the file be overwritten.
		err = s.SetHandMade(e.ContentHash, true)
	}
	if err == nil {
		err = s.putRecord(s.adopted, adoptedName(address, e.InputsHash), e.InputsHash, e, record{Adopted: address})
	}
	if err != nil {
		return fmt.Errorf("store the file adopted for %s: %w", address, err)
	}
	return nil
}

// Adopted returns the file that was adopted for an asset with these inputs, if
// its blob is there. Like Result it takes a damaged record for none.
func (s *Store) Adopted(address string, h lockfile.InputsHash) (lockfile.Entry, bool, error) {
	return s.result(s.adopted, adoptedName(address, h), h, address)
}

// DropAdopted forgets what was adopted for an asset with these inputs; its
// content stays. It is called when a person has had it replaced.
func (s *Store) DropAdopted(address string, h lockfile.InputsHash) error {
	if err := s.adopted.Remove(adoptedName(address, h)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget the file adopted for %s: %w", address, err)
	}
	return nil
}

// SetHandMade marks a content as a person's, or takes the mark off when a
// person has said that it may be replaced.
func (s *Store) SetHandMade(h lockfile.ContentHash, is bool) error {
	dir, name := s.blob(h)
	name += handMadeSuffix
	err := error(nil)
	if is {
		var p *Pending
		if p, err = s.newFile(nil); err == nil {
			defer p.Abort()
			err = s.commit(place{p, dir, name})
		}
	} else if err = dir.Remove(name); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("note who made %s: %w", h, err)
	}
	return nil
}

// AddClaimed is AddFile for a file that perhaps only the lock calls
// assetform's. Content that comes into the store this way is marked like a
// person's.
func (s *Store) AddClaimed(f *os.File, want lockfile.ContentHash) error {
	_, _, err := s.addFile(f, want, (*Pending).Disclaim)
	return err
}

// HandMade reports whether a content was adopted for an asset and not
// released, or is not known to be anything but a person's.
func (s *Store) HandMade(h lockfile.ContentHash) bool {
	dir, name := s.blob(h)
	_, err := dir.Stat(name + handMadeSuffix)
	return err == nil
}

const handMadeSuffix = ".adopted"

// adoptedName is the name of the record for an address and inputs. An address
// may hold anything, so its hash stands for it.
func adoptedName(address string, h lockfile.InputsHash) string {
	of := lockfile.HashBytes([]byte(address))
	return resultPrefix + hex.EncodeToString(h[:]) + "-" + hex.EncodeToString(of[:addressBytes]) + resultSuffix
}

// addressBytes is how much of an address' hash its records' names have.
const addressBytes = 12

// parseAdoptedName reads the inputs from the name of an adopted file's record.
func parseAdoptedName(name string) (lockfile.InputsHash, bool) {
	const of = 1 + 2*addressBytes // the dash and the address
	base, ok := strings.CutSuffix(name, resultSuffix)
	if !ok || len(base) <= of || base[len(base)-of] != '-' {
		return lockfile.InputsHash{}, false
	}
	return parseResultName(base[:len(base)-of] + resultSuffix)
}

package worktree

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Kind is what stands at a path.
type Kind int

// The kinds of things at a path.
const (
	Absent  Kind = iota
	Regular      // a file
	Pointer      // a Git LFS pointer file: counts as the content it names
	Foreign      // a symlink, directory or device: nothing assetform writes
)

// State is the state of one path.
type State struct {
	Kind Kind
	Hash [sha256.Size]byte // SHA-256 of the content; a pointer's oid; zero unless Regular or Pointer
	Size int64             // of the content in bytes
	What string            // of Foreign: why nothing can be written there, as a clause
}

// Exists tells whether anything stands at the path.
func (s State) Exists() bool { return s.Kind != Absent }

// Is tells whether the path holds this content.
func (s State) Is(content [sha256.Size]byte) bool {
	return (s.Kind == Regular || s.Kind == Pointer) && s.Hash == content
}

// StateOf reads a regular file to its end and says which content it is.
func StateOf(f io.Reader) (State, error) {
	head := make([]byte, MaxPointer+1)
	n, err := io.ReadFull(f, head)
	if err == nil { // longer than any pointer
		h := sha256.New()
		h.Write(head)
		rest, err := io.Copy(h, f)
		if err != nil {
			return State{}, err
		}
		return State{Kind: Regular, Hash: [sha256.Size]byte(h.Sum(nil)), Size: int64(n) + rest}, nil
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return State{}, err
	}
	if oid, size, ok := ParsePointer(head[:n]); ok {
		return State{Kind: Pointer, Hash: oid, Size: size}, nil
	}
	return State{Kind: Regular, Hash: sha256.Sum256(head[:n]), Size: int64(n)}, nil
}

// MaxPointer is how many bytes a Git LFS pointer may have, by the
// specification of Git LFS.
const MaxPointer = 1024

// ParsePointer reads a Git LFS pointer file: the content it names and that
// content's size in bytes. Only what is nothing else counts (the specification
// of Git LFS: a version, extensions, oid and size, in this order): a file with
// more in it is somebody's file.
func ParsePointer(b []byte) (content [sha256.Size]byte, size int64, ok bool) {
	if len(b) > MaxPointer || !bytes.HasPrefix(b, []byte("version https://git-lfs.github.com/spec/v1")) {
		return content, 0, false
	}
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n"), "\n")[1:]
	for len(lines) > 0 && strings.HasPrefix(lines[0], "ext-") {
		lines = lines[1:]
	}
	if len(lines) != 2 {
		return content, 0, false
	}
	digits, named := strings.CutPrefix(lines[0], "oid sha256:")
	text, sized := strings.CutPrefix(lines[1], "size ")
	oid, err := hex.DecodeString(digits)
	size, sizeErr := strconv.ParseInt(text, 10, 64)
	if !named || !sized || err != nil || len(oid) != len(content) || digits != strings.ToLower(digits) || sizeErr != nil || size < 0 {
		return content, 0, false
	}
	return [sha256.Size]byte(oid), size, true
}

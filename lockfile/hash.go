package lockfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// HashVersion is the version of the rules by which inputs are hashed. It is
// the number after the "v" of an InputsHash's text.
const HashVersion = 1

const (
	contentPrefix = "sha256:"
	inputsPrefix  = "v1:sha256:"
	hexDigits     = 2 * sha256.Size
)

// ContentHash is the SHA-256 of a file's bytes. Its zero value means "none".
type ContentHash [sha256.Size]byte

// HashBytes returns the content hash of b.
func HashBytes(b []byte) ContentHash { return sha256.Sum256(b) }

// ParseContentHash reads the form "sha256:" and 64 lower-case hex digits.
func ParseContentHash(s string) (ContentHash, error) {
	var h ContentHash
	if !decodeHash(h[:], contentPrefix, s) {
		return ContentHash{}, fmt.Errorf("content hash %q is not %q and %d lower-case hex digits", s, contentPrefix, hexDigits)
	}
	return h, nil
}

// IsZero reports whether h is the zero value, which stands for "none".
func (h ContentHash) IsZero() bool { return h == ContentHash{} }

// String returns "sha256:" and 64 lower-case hex digits.
func (h ContentHash) String() string { return string(h.append(nil)) }

// MarshalText returns what String returns.
func (h ContentHash) MarshalText() ([]byte, error) { return h.append(nil), nil }

// UnmarshalText reads what ParseContentHash reads.
func (h *ContentHash) UnmarshalText(b []byte) (err error) {
	*h, err = ParseContentHash(string(b))
	return err
}

func (h ContentHash) append(b []byte) []byte {
	return hex.AppendEncode(append(b, contentPrefix...), h[:])
}

// InputsHash identifies everything that a generation was asked with, under
// the rules of HashVersion. Its zero value means "none".
type InputsHash [sha256.Size]byte

// parseInputsHash reads the form "v1:sha256:" and 64 lower-case hex digits.
func parseInputsHash(s string) (InputsHash, error) {
	var h InputsHash
	if !decodeHash(h[:], inputsPrefix, s) {
		return InputsHash{}, fmt.Errorf("inputs hash %q is not %q and %d lower-case hex digits", s, inputsPrefix, hexDigits)
	}
	return h, nil
}

// IsZero reports whether h is the zero value, which stands for "none".
func (h InputsHash) IsZero() bool { return h == InputsHash{} }

// String returns "v1:sha256:" and 64 lower-case hex digits.
func (h InputsHash) String() string { return string(h.append(nil)) }

// MarshalText returns what String returns.
func (h InputsHash) MarshalText() ([]byte, error) { return h.append(nil), nil }

// UnmarshalText reads what parseInputsHash reads.
func (h *InputsHash) UnmarshalText(b []byte) (err error) {
	*h, err = parseInputsHash(string(b))
	return err
}

func (h InputsHash) append(b []byte) []byte {
	return hex.AppendEncode(append(b, inputsPrefix...), h[:])
}

// decodeHash fills dst from s and reports whether s has the strict form.
// Upper-case digits are refused so that one hash has one spelling.
func decodeHash(dst []byte, prefix, s string) bool {
	digits, ok := strings.CutPrefix(s, prefix)
	if !ok || len(digits) != hexDigits {
		return false
	}
	for i := range dst {
		hi, lo := unhex[digits[2*i]], unhex[digits[2*i+1]]
		if hi|lo > 0xf {
			return false
		}
		dst[i] = hi<<4 | lo
	}
	return true
}

// unhex maps a lower-case hex digit to its value and all else to 0xff.
var unhex = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i, c := range "0123456789abcdef" {
		t[c] = byte(i)
	}
	return t
}()

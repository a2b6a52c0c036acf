package plan

import (
	"bytes"
	"strconv"

	"assetform/lockfile"
)

// maxPointer is the size below which a file may be a Git LFS pointer (the
// specification of Git LFS allows up to 1024 bytes).
const maxPointer = 1024

// ParsePointer reads a Git LFS pointer file: the content it names and that
// content's size in bytes.
func ParsePointer(b []byte) (lockfile.ContentHash, int64, bool) {
	var h lockfile.ContentHash
	rest, ok := bytes.CutPrefix(b, []byte("version https://git-lfs.github.com/spec/v1"))
	if !ok || len(b) > maxPointer {
		return h, 0, false
	}
	size := int64(-1)
	for line := range bytes.Lines(rest) {
		line = bytes.TrimRight(line, "\r\n")
		if oid, ok := bytes.CutPrefix(line, []byte("oid ")); ok {
			parsed, err := lockfile.ParseContentHash(string(oid))
			if err != nil {
				return h, 0, false
			}
			h = parsed
		}
		if text, ok := bytes.CutPrefix(line, []byte("size ")); ok {
			n, err := strconv.ParseInt(string(text), 10, 64)
			if err != nil || n < 0 {
				return h, 0, false
			}
			size = n
		}
	}
	return h, size, !h.IsZero() && size >= 0
}

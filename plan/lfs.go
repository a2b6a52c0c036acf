package plan

import (
	"bytes"
	"strconv"
	"strings"

	"assetform/lockfile"
)

// maxPointer is the size below which a file may be a Git LFS pointer (the
// specification of Git LFS allows up to 1024 bytes).
const maxPointer = 1024

// ParsePointer reads a Git LFS pointer file: the content it names and that
// content's size in bytes. Only what is nothing else counts (the specification
// of Git LFS: a version, extensions, oid and size, in this order): a file with
// more in it is somebody's file.
func ParsePointer(b []byte) (lockfile.ContentHash, int64, bool) {
	var h lockfile.ContentHash
	if len(b) > maxPointer || !bytes.HasPrefix(b, []byte("version https://git-lfs.github.com/spec/v1")) {
		return h, 0, false
	}
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n"), "\n")[1:]
	for len(lines) > 0 && strings.HasPrefix(lines[0], "ext-") {
		lines = lines[1:]
	}
	if len(lines) != 2 {
		return h, 0, false
	}
	oid, named := strings.CutPrefix(lines[0], "oid ")
	text, sized := strings.CutPrefix(lines[1], "size ")
	h, err := lockfile.ParseContentHash(oid)
	size, sizeErr := strconv.ParseInt(text, 10, 64)
	if !named || !sized || err != nil || sizeErr != nil || size < 0 {
		return lockfile.ContentHash{}, 0, false
	}
	return h, size, true
}

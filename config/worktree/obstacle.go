package worktree

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"assetform/config/pathname"
)

// Obstacle says why nothing can be read or written below a directory, given by
// a slash path relative to the root, as a clause: something that is no
// directory stands on the way, or a link leads where nothing may be written.
// Names in it are relative to the root module's directory.
func (t *Tree) Obstacle(dir string) string {
	for _, at := range ancestors(dir) {
		_, info, err := t.Follow(at)
		shown := pathname.Relative(t.Below, at)
		switch {
		case errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() && pathname.Reserved(at) == "":
			continue
		case err != nil:
			return fmt.Sprintf("%q cannot be passed: %v", shown, WithoutPath(err))
		case !info.IsDir():
			return fmt.Sprintf("%q is %s, and a directory would have to stand there", shown, What(info))
		}
		return fmt.Sprintf("%q is no place for outputs", shown)
	}
	return "its directory cannot be opened"
}

// ancestors lists a directory and those above it, the topmost first.
func ancestors(dir string) []string {
	var list []string
	for i, c := range dir {
		if c == '/' {
			list = append(list, dir[:i])
		}
	}
	return append(list, strings.TrimSuffix(dir, "/"))
}

// What names what stands at a path that is no regular file.
func What(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return "a file"
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

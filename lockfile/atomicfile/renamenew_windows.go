package atomicfile

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// renameNew renames a file to a name that has none.
func renameNew(dir *os.Root, from, to string) error {
	old, err := windows.UTF16PtrFromString(filepath.Join(dir.Name(), from))
	if err != nil {
		return err
	}
	target, err := windows.UTF16PtrFromString(filepath.Join(dir.Name(), to))
	if err != nil {
		return err
	}
	return windows.MoveFileEx(old, target, windows.MOVEFILE_WRITE_THROUGH)
}

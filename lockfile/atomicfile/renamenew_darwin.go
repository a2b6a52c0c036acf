package atomicfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// renameNew renames a file to a name that has none.
func renameNew(dir *os.Root, from, to string) error {
	d, err := dir.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	fd := int(d.Fd())
	return unix.RenameatxNp(fd, from, fd, to, unix.RENAME_EXCL)
}

package progress

import (
	"io"
	"os"

	"golang.org/x/sys/windows"
)

// enableEscapes makes a console act on escape sequences, which those of
// Windows 10 and later can do. Restore puts it back into its former mode.
func enableEscapes(w io.Writer) (restore func(), ok bool) {
	f, isFile := w.(*os.File)
	if !isFile {
		return func() {}, true
	}
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return func() {}, true // a terminal of another kind, such as mintty
	}
	if windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) != nil {
		return nil, false
	}
	return func() { _ = windows.SetConsoleMode(console, mode) }, true
}

package cli

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// pictureProtocol finds how the terminal shows a PNG; nil: it cannot, as far
// as the environment tells. A multiplexer passes neither protocol on, and
// inherits the variables of the terminal that it runs in.
func pictureProtocol(env func(string) (string, bool)) func(png []byte) string {
	kind, _ := env("TERM")
	program, _ := env("TERM_PROGRAM")
	window, _ := env("KITTY_WINDOW_ID")
	tmux, _ := env("TMUX")
	switch {
	case kind == "dumb", tmux != "", strings.HasPrefix(kind, "screen"), strings.HasPrefix(kind, "tmux"):
		return nil
	case window != "", strings.Contains(kind, "kitty"):
		return kittyPicture
	case program == "iTerm.app", program == "WezTerm":
		return iTermPicture
	}
	return nil
}

// kittyPicture is a PNG in kitty's graphics protocol, which takes it in pieces
// of 4096 characters. q=2 keeps the terminal from answering, into what is read
// as the person's answer.
func kittyPicture(png []byte) string {
	const most = 4096
	var b strings.Builder
	first := "a=T,f=100,q=2,"
	for text := base64.StdEncoding.EncodeToString(png); text != ""; {
		piece := text[:min(most, len(text))]
		text = text[len(piece):]
		more := 0
		if text != "" {
			more = 1
		}
		fmt.Fprintf(&b, "\x1b_G%sm=%d;%s\x1b\\", first, more, piece)
		first = ""
	}
	return b.String()
}

// iTermPicture is a PNG in the protocol of iTerm2.
func iTermPicture(png []byte) string {
	return fmt.Sprintf("\x1b]1337;File=inline=1;size=%d:%s\a", len(png), base64.StdEncoding.EncodeToString(png))
}

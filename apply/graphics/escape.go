package graphics

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// kitty is a PNG in kitty's graphics protocol, which takes it in pieces of 4096
// characters. q=2 keeps the terminal from answering, into what is read as the
// person's answer.
func kitty(png []byte) string {
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

// iTerm is a PNG in the protocol of iTerm2.
func iTerm(png []byte) string {
	return fmt.Sprintf("\x1b]1337;File=inline=1;size=%d:%s\a", len(png), base64.StdEncoding.EncodeToString(png))
}

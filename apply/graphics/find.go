package graphics

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
)

// A Protocol writes a PNG so that a terminal shows it; "": it cannot be shown.
type Protocol func(png []byte) string

// Find returns how the terminal out shows pictures; nil: it does not, as far as
// can be known. in is where the terminal is asked; nil: it is not asked, and the
// environment alone tells.
func Find(in, out *os.File, env func(string) (string, bool)) Protocol {
	return protocols[find(in, out, env)]
}

// protocols are those that there are, by their names.
var protocols = map[string]Protocol{"kitty": kitty, "iTerm": iTerm, "sixel": sixel}

func find(in, out *os.File, env func(string) (string, bool)) (name string) {
	kind, _ := env("TERM")
	if program, _ := env("TERM_PROGRAM"); kind == "dumb" || kind == "linux" || program == "Apple_Terminal" {
		return "" // none of these shows any, and the last two may print the question
	}
	said := fromEnvironment(env)
	if in == nil || !sameTerminal(in, out) {
		return said
	}
	answer, ok := ask(in, out)
	switch a := parse(answer); {
	case !ok:
		return said
	case a.kitty:
		return "kitty"
	case said == "iTerm": // which has no question of its own
		return said
	case a.sixel:
		return "sixel"
	}
	return ""
}

// fromEnvironment is what the variables of a terminal say. A multiplexer passes
// no protocol on, and inherits the variables of the terminal that it runs in.
func fromEnvironment(env func(string) (string, bool)) string {
	kind, _ := env("TERM")
	program, _ := env("TERM_PROGRAM")
	window, _ := env("KITTY_WINDOW_ID")
	tmux, _ := env("TMUX")
	switch {
	case tmux != "", strings.HasPrefix(kind, "screen"), strings.HasPrefix(kind, "tmux"):
		return ""
	case window != "", strings.Contains(kind, "kitty"):
		return "kitty"
	case program == "iTerm.app", program == "WezTerm":
		return "iTerm"
	}
	return ""
}

// question asks for a picture to be looked at that is not shown, in kitty's
// protocol, and then for the device's attributes. What does not know the first
// passes over it, or prints it, so the line is cleared; practically every terminal
// answers the second, so its answer is the end of all.
const question = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\" + "\r\x1b[K" + "\x1b[c"

// attributes is the answer to the second question.
var attributes = regexp.MustCompile(`\x1b\[\?([0-9;]*)c`)

// answers is what a terminal said.
type answers struct {
	whole        bool // the last answer came
	kitty, sixel bool
}

// parse reads what came from a terminal that was asked, among whatever else was
// typed.
func parse(b []byte) (a answers) {
	at := attributes.FindSubmatchIndex(b)
	if at == nil {
		return a
	}
	const sixelGraphics = "4"
	a.whole = true
	a.kitty = bytes.Contains(b[:at[0]], []byte("\x1b_Gi=31;OK\x1b\\"))
	a.sixel = slices.Contains(strings.Split(string(b[at[2]:at[3]]), ";")[1:], sixelGraphics) // the first is the kind of device
	return a
}

// sameTerminal tells that both are one file.
func sameTerminal(in, out *os.File) bool {
	a, err := in.Stat()
	if err != nil {
		return false
	}
	b, err := out.Stat()
	return err == nil && os.SameFile(a, b)
}

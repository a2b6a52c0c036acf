// Package graphics shows pictures on terminals: it finds out which protocol a
// terminal has for them, kitty's, iTerm2's or sixel, and writes a PNG in it.
//
// A terminal is asked, since its variables go along into multiplexers and over
// SSH, where they tell of another one. What it answers comes as if somebody had
// typed it. So it is asked only where input and output are one terminal and this
// process has it; meanwhile nothing typed is shown, and whatever way the question
// ends, the terminal is as it was and no answer is left for whoever reads next.
//
// It never decides whether a picture may be shown, reads no file, and asks
// nothing of a terminal that its caller does not hand over.
//
// Start reading at Find.
package graphics

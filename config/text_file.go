package config

import (
	"crypto/sha256"
	"io"

	"assetform/config/engine"
	"assetform/config/worktree"
)

// A textFile is what is known of a file with text that is an input.
type textFile struct {
	sum [sha256.Size]byte // as Input.Text
	err *imageError
}

// text reads a file with text, each once, and asks who takes it what is wrong
// with it. It was found before.
func (l *linker) text(in engine.Input, file string) textFile {
	key := in.Name + " " + file
	known, ok := l.texts[key]
	if !ok {
		known = l.readText(in, file)
		if l.texts == nil {
			l.texts = map[string]textFile{}
		}
		l.texts[key] = known
	}
	return known
}

func (l *linker) readText(in engine.Input, name string) (t textFile) {
	file, err := l.files.OpenRegular(name)
	if err != nil {
		t.err = unreadable(err)
		return t
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxText+1))
	if err != nil {
		t.err = unreadable(err)
		return t
	}
	if _, _, isPointer := worktree.ParsePointer(content); isPointer {
		return t // it stands for the content that it names
	}
	content = engine.FileText(content)
	if in.Accept != nil {
		if err := in.Accept(name, content); err != nil {
			t.err = &imageError{summary: "Input file not usable", detail: err.Error() + "."}
		}
	}
	t.sum = sha256.Sum256(content)
	return t
}

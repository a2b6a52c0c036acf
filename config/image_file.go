package config

import (
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"strings"

	"assetform/config/format"
	"assetform/config/picture"
	"assetform/config/worktree"
)

// imageError says why a file cannot be an input image.
type imageError struct {
	summary, detail string
	near            bool // the detail names files that may be meant
}

const notFound = "Input image not found"

// maxText is how many bytes a text may have that is an input.
const maxText = 1 << 20

// imageChecker checks files of the project, each path once.
type imageChecker struct {
	files *worktree.Files
	known map[imageUse]lookedAt
}

// imageUse is a file, and what it is to be good for.
type imageUse struct {
	name    string
	films   bool // it may be a film
	text    bool // it is no picture but a text
	derives bool // it is read on this machine and sent to nobody
}

// lookedAt is what came of a look at a file.
type lookedAt struct {
	head FileHead
	err  *imageError
}

// check checks that a file is an image, or what else it may be. It decodes
// nothing.
func (c imageChecker) check(use imageUse) (FileHead, *imageError) {
	known, ok := c.known[use]
	if !ok {
		known.head, known.err = readImage(c.files, use)
		c.known[use] = known
	}
	return known.head, known.err
}

func readImage(files *worktree.Files, use imageUse) (head FileHead, _ *imageError) {
	name := use.name
	file, err := files.OpenRegular(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		near := files.Near(name)
		found := near != ""
		if !found {
			near = ". Paths are relative to the configuration file they are written in"
		}
		summary := notFound
		if use.text {
			summary = "Input file not found"
		}
		return head, &imageError{summary: summary, detail: "this file does not exist" + near + ".", near: found}
	case err != nil:
		return head, unreadable(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return head, unreadable(err)
	}
	switch {
	case use.text && info.Size() > maxText:
		return head, &imageError{summary: "Input file too large", detail: fmt.Sprintf("it has more than %d MiB, and a text is wanted.", maxText>>20)}
	case use.text:
		return head, nil
	}
	return checkImage(file, info.Size(), use)
}

func unreadable(err error) *imageError {
	return &imageError{summary: "Input image not readable", detail: worktree.WithoutPath(err).Error() + "."}
}

// checkImage tells whether a file is a picture that services take, or one that
// something can be made of, by its structure: apply decodes it before anything
// is paid for.
func checkImage(r io.ReaderAt, size int64, use imageUse) (says FileHead, _ *imageError) {
	head := make([]byte, min(size, worktree.MaxPointer+1))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return says, unreadable(err)
	}
	if _, _, isPointer := worktree.ParsePointer(head); isPointer {
		return says, nil // it stands for the content that it names
	}
	if film := format.Sniff(head); use.films && strings.HasPrefix(film, "video/") {
		return FileHead{Type: film}, nil
	}
	open, readers, takes := picture.OpenInput, "Services take", "services take one picture"
	if use.derives {
		open, readers, takes = picture.OpenResult, "What is read are", "one picture is wanted"
	}
	f, err := open(r, size)
	if err == nil && f.Flaw != "" && f.Type == "image/png" {
		err = f.Verify() // its end says nothing of whether all pixels are there
	}
	var foreign *picture.UnknownError
	switch {
	case errors.As(err, &foreign):
		return says, &imageError{summary: "Input is no image", detail: fmt.Sprintf("it is %s. %s PNG, JPEG and WebP. A file's name does not make it one; convert it.", foreign.Found, readers)}
	case errors.Is(err, picture.ErrAnimated):
		return says, &imageError{summary: "Input image not usable", detail: "it is an animation, and " + takes + ". Save one of its pictures as a file of its own."}
	case err != nil:
		return says, &imageError{summary: "Input image not usable", detail: err.Error() + "."}
	}
	return FileHead{Type: f.Type, Size: image.Pt(f.Width, f.Height)}, nil
}

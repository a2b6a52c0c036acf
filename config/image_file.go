package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"assetform/config/picture"
	"assetform/config/worktree"
)

// imageError says why a file cannot be an input image.
type imageError struct {
	summary, detail string
	near            bool // the detail names files that may be meant
}

const notFound = "Input image not found"

// imageChecker checks files of the project, each path once.
type imageChecker struct {
	files *worktree.Files
	known map[string]*imageError
}

// check checks that a file is an image. It decodes nothing.
func (c imageChecker) check(name string) *imageError {
	known, ok := c.known[name]
	if !ok {
		known = readImage(c.files, name)
		c.known[name] = known
	}
	return known
}

func readImage(files *worktree.Files, name string) *imageError {
	file, err := files.OpenRegular(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		near := files.Near(name)
		found := near != ""
		if !found {
			near = ". Paths are relative to the configuration file they are written in"
		}
		return &imageError{summary: notFound, detail: "this file does not exist" + near + ".", near: found}
	case err != nil:
		return unreadable(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return unreadable(err)
	}
	return checkImage(file, info.Size())
}

func unreadable(err error) *imageError {
	return &imageError{summary: "Input image not readable", detail: worktree.WithoutPath(err).Error() + "."}
}

// checkImage tells whether a file is a picture that services take, by its
// structure: apply decodes it before anything is paid for.
func checkImage(r io.ReaderAt, size int64) *imageError {
	head := make([]byte, min(size, worktree.MaxPointer+1))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return unreadable(err)
	}
	if _, _, isPointer := worktree.ParsePointer(head); isPointer {
		return nil // it stands for the content that it names
	}
	_, err := picture.OpenInput(r, size)
	var foreign *picture.UnknownError
	switch {
	case errors.As(err, &foreign):
		return &imageError{summary: "Input is no image", detail: fmt.Sprintf("it is %s. Services take PNG, JPEG and WebP. A file's name does not make it one; convert it.", foreign.Found)}
	case errors.Is(err, picture.ErrAnimated):
		return &imageError{summary: "Input image not usable", detail: "it is an animation, and services take one picture. Save one of its pictures as a file of its own."}
	case err != nil:
		return &imageError{summary: "Input image not usable", detail: err.Error() + "."}
	}
	return nil
}

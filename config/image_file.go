package config

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // input images may be GIF, JPEG, PNG or WebP
	_ "image/jpeg"
	_ "image/png"
	"io"
	"io/fs"

	"assetform/config/worktree"

	_ "golang.org/x/image/webp"
)

// maxImageHead is how much of an input image is read to tell its format and
// size: the size of a JPEG may stand behind colour profiles and thumbnails.
const maxImageHead = 1 << 20

// imageError says why a file cannot be an input image.
type imageError struct{ summary, detail string }

// imageChecker checks files of the project, each path once.
type imageChecker struct {
	files *worktree.Files
	known map[string]*imageError
}

// check checks that a file is an image. It reads only the head.
func (c imageChecker) check(name string) *imageError {
	known, ok := c.known[name]
	if !ok {
		known = readImageHead(c.files, name)
		c.known[name] = known
	}
	return known
}

func readImageHead(files *worktree.Files, name string) *imageError {
	file, err := files.OpenRegular(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &imageError{"Input image not found", "no such file. Paths are relative to the configuration file they are written in."}
	case err != nil:
		return &imageError{"Input image not readable", worktree.WithoutPath(err).Error() + "."}
	}
	defer file.Close()
	return checkImageHead(io.LimitReader(file, maxImageHead))
}

// checkImageHead tells from its first bytes whether a file is an image.
func checkImageHead(r io.Reader) *imageError {
	head := make([]byte, worktree.MaxPointer+1)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return &imageError{"Input image not readable", worktree.WithoutPath(err).Error() + "."}
	}
	head = head[:n]
	if _, _, isPointer := worktree.ParsePointer(head); isPointer {
		return nil // it stands for the content that it names
	}
	if n == 0 {
		return &imageError{"Input is no image", "the file is empty."}
	}
	config, format, err := image.DecodeConfig(io.MultiReader(bytes.NewReader(head), r))
	if err != nil {
		return &imageError{"Input is no image", "the content is no PNG, JPEG, WebP or GIF. A file's name does not make it one; convert it."}
	}
	if config.Width <= 0 || config.Height <= 0 {
		return &imageError{"Input is no image", fmt.Sprintf("the %s has no pixels.", format)}
	}
	return nil
}

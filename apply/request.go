package apply

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"assetform/apply/engine"
	"assetform/apply/media"
	"assetform/apply/outputs"
	"assetform/apply/store"
	"assetform/config/diag"
	spec "assetform/config/engine"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/plan"
)

// maxInputBytes bounds the input images of a request, which are in memory
// together.
const maxInputBytes = media.MaxInput

// pointerError says that an input image is not here but with Git LFS.
type pointerError struct{ path string }

func (e *pointerError) Error() string {
	return fmt.Sprintf("%q is a Git LFS pointer and its image is not here: run \"git lfs pull --include %s\"", e.path, diag.LFSPattern(e.path))
}

// requestBuilder makes requests of assets, with the images that they take.
// Methods may be called concurrently.
type requestBuilder struct {
	engines spec.Registry
	store   *store.Store
	lock    *lockfile.Lock // as it was when the plan was made
	outputs *outputs.Files
	inputs  decodedInputs
}

// build returns what is sent for an asset whose inputs are all known.
func (b *requestBuilder) build(n *node) (engine.Request, error) {
	req := engine.Request{
		Method: n.change.Spec.Method.Name, Accept: accepts(n.change.Output),
		Params: map[string]any{}, Images: map[string][][]byte{},
	}
	for _, p := range n.fp.Params {
		if p.Value != "" {
			req.Params[p.Name] = p.Value
		}
	}
	total := 0
	for _, im := range n.fp.Images {
		data, err := b.image(im)
		if err == nil && b.engines.Charges(n.change.Provider) {
			err = b.inputs.check(im, data)
		}
		if err != nil {
			return req, fmt.Errorf("input image %s: %w", im.Name, err)
		}
		if total += len(data); total > maxInputBytes {
			return req, fmt.Errorf("input image %s: the images of one request have more than %d MiB together", im.Name, maxInputBytes>>20)
		}
		req.Images[im.Name] = append(req.Images[im.Name], data)
	}
	return req, nil
}

// accepts is the media type to ask for: engines that have several video
// formats choose by it.
func accepts(output string) string {
	if strings.EqualFold(path.Ext(output), ".webm") {
		return "video/webm"
	}
	return ""
}

// image reads an input image and makes sure that it is the one that the
// inputs hash names: from the store, else from its file.
func (b *requestBuilder) image(im plan.Image) ([]byte, error) {
	var buf bytes.Buffer
	_, err := b.store.CopyTo(im.Hash, &limitedBuffer{&buf})
	switch {
	case err == nil:
		return buf.Bytes(), nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return b.readFile(im.Path, b.accepted(im))
}

// accepted lists the contents that an input's file may have. An upstream that
// was converted for its output is hashed as it was delivered; where that is
// not at hand, as in a fresh clone, the output itself is sent.
func (b *requestBuilder) accepted(im plan.Image) []lockfile.ContentHash {
	hashes := []lockfile.ContentHash{im.Hash}
	if im.Upstream.IsZero() {
		return hashes
	}
	if e, ok := b.lock.Assets[im.Upstream.String()]; ok && e.UpstreamHash() == im.Hash {
		hashes = append(hashes, e.ContentHash)
	}
	return hashes
}

// readFile reads a file of the project that must have one of these contents.
func (b *requestBuilder) readFile(p string, accepted []lockfile.ContentHash) ([]byte, error) {
	f, err := b.outputs.OpenFile(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var buf bytes.Buffer
	if _, err := io.Copy(&limitedBuffer{&buf}, f); err != nil {
		return nil, fmt.Errorf("read %q: %w", p, err)
	}
	if _, _, ok := worktree.ParsePointer(buf.Bytes()); ok {
		return nil, &pointerError{p}
	}
	is := lockfile.ContentHash(sha256.Sum256(buf.Bytes()))
	for _, h := range accepted {
		if is == h {
			return buf.Bytes(), nil
		}
	}
	return nil, fmt.Errorf("%q was changed since it was planned with", p)
}

// limitedBuffer refuses to grow beyond what an input image may have.
type limitedBuffer struct{ buf *bytes.Buffer }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.buf.Len()+len(p) > maxInputBytes {
		return 0, fmt.Errorf("the image is larger than %d MiB", maxInputBytes>>20)
	}
	return b.buf.Write(p)
}

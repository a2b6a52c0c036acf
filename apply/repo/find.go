package repo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"assetform/config/worktree"
	"assetform/lockfile"
)

// Finder finds contents by their hash in git's objects and in the objects of
// Git LFS that this machine holds. It belongs to one goroutine.
type Finder struct {
	repo    *Repo
	objects *objects
	lfs     string
}

// Finder returns a finder; the caller ends it with Close.
func (r *Repo) Finder(ctx context.Context) (*Finder, error) {
	o, err := r.objects(ctx)
	if err != nil {
		return nil, err
	}
	return &Finder{repo: r, objects: o, lfs: r.lfsDir(ctx)}, nil
}

// Close ends the processes that the finder started.
func (f *Finder) Close() { f.objects.Close() }

// lfsDir is where Git LFS keeps contents: below the common directory unless
// lfs.storage says otherwise (relative paths are relative to that directory).
func (r *Repo) lfsDir(ctx context.Context) string {
	storage := "lfs"
	if out, err := r.output(ctx, "config", "--get", "--type=path", "lfs.storage"); err == nil {
		storage = strings.TrimRight(out, "\r\n")
	}
	if !filepath.IsAbs(storage) {
		storage = filepath.Join(r.common, storage)
	}
	return filepath.Join(storage, "objects")
}

// Wanted is a content to be found.
type Wanted struct {
	Hash lockfile.ContentHash
	Size int64  // bytes; negative: not known
	Path string // where it stood, relative to the directory that the repository was opened from
}

// Missing says why a content was not found.
type Missing uint8

// The reasons, from the one that says least.
const (
	NotThere     Missing = iota // no commit has a file at that path
	OtherContent                // the commits have other files at that path
	NotPulled                   // Git LFS knows it, but its bytes are not on this machine
)

// NotFoundError says that a content is not on this machine.
type NotFoundError struct {
	Wanted Wanted
	Why    Missing
}

func (e *NotFoundError) Error() string {
	switch e.Why {
	case NotPulled:
		return fmt.Sprintf("%q is a Git LFS pointer whose content is not on this machine", e.Wanted.Path)
	case OtherContent:
		return fmt.Sprintf("git has other content at %q", e.Wanted.Path)
	}
	return fmt.Sprintf("git has no file %q", e.Wanted.Path)
}

// CopyTo writes the content to w, from Git LFS or from the first of the
// commits whose file at that path has it. After any error what w received must
// not be used; it is a *NotFoundError if the content is not here. Reset is
// called before w is written to again from another source.
func (f *Finder) CopyTo(w io.Writer, reset func() error, want Wanted, commits []string) error {
	if err := f.copyLFS(w, want); err == nil {
		return nil
	}
	missing := &NotFoundError{Wanted: want}
	treePath, ok := f.repo.Path(want.Path)
	if !ok {
		return missing
	}
	seen := map[string]bool{}
	for _, commit := range commits {
		obj, ok, err := f.objects.Stat(commit + ":" + treePath)
		if err != nil {
			return err
		}
		if !ok || seen[obj.ID] {
			continue
		}
		seen[obj.ID] = true
		missing.Why = max(missing.Why, OtherContent)
		if obj.Size == want.Size || want.Size < 0 {
			if err := reset(); err != nil {
				return err
			}
			sum := sha256.New()
			if err := f.objects.copyTo(io.MultiWriter(sum, w), obj.ID); err != nil {
				return err
			}
			if lockfile.ContentHash(sum.Sum(nil)) == want.Hash {
				return nil
			}
		}
		if f.names(obj, want.Hash) {
			missing.Why = NotPulled
		}
	}
	return missing
}

// Stands tells whether a commit has the content at its path, or the Git LFS
// pointer to it.
func (f *Finder) Stands(commit string, want Wanted) (bool, error) {
	treePath, ok := f.repo.Path(want.Path)
	if !ok {
		return false, nil
	}
	obj, ok, err := f.objects.Stat(commit + ":" + treePath)
	if err != nil || !ok {
		return false, err
	}
	if obj.Size != want.Size && want.Size >= 0 {
		return f.names(obj, want.Hash), nil
	}
	return f.is(obj, want.Hash)
}

// Here tells whether a commit has the content at its path, or the Git LFS
// pointer to it, and its bytes are on this machine.
func (f *Finder) Here(commit string, want Wanted) (bool, error) {
	treePath, ok := f.repo.Path(want.Path)
	if !ok {
		return false, nil
	}
	obj, ok, err := f.objects.Stat(commit + ":" + treePath)
	switch {
	case err != nil || !ok:
		return false, err
	case f.names(obj, want.Hash):
		info, err := os.Stat(f.lfsFile(want.Hash))
		return err == nil && info.Mode().IsRegular() && (info.Size() == want.Size || want.Size < 0), nil
	case obj.Size != want.Size && want.Size >= 0:
		return false, nil
	}
	sum := sha256.New()
	err = f.objects.copyTo(sum, obj.ID)
	return err == nil && lockfile.ContentHash(sum.Sum(nil)) == want.Hash, err
}

// is tells whether a blob is that content, or the Git LFS pointer to it.
func (f *Finder) is(obj Object, h lockfile.ContentHash) (bool, error) {
	sum := sha256.New()
	err := f.objects.copyTo(sum, obj.ID)
	return err == nil && lockfile.ContentHash(sum.Sum(nil)) == h || f.names(obj, h), err
}

// names tells whether a blob is a Git LFS pointer to that content.
func (f *Finder) names(obj Object, h lockfile.ContentHash) bool {
	if obj.Size > worktree.MaxPointer {
		return false
	}
	b, err := f.objects.Read(obj, worktree.MaxPointer)
	if err != nil {
		return false
	}
	oid, _, ok := worktree.ParsePointer(b)
	return ok && oid == h
}

// lfsFile is where Git LFS keeps a content, if it has it.
func (f *Finder) lfsFile(h lockfile.ContentHash) string {
	name := hex.EncodeToString(h[:])
	return filepath.Join(f.lfs, name[:2], name[2:4], name)
}

// copyLFS copies a content that Git LFS holds.
func (f *Finder) copyLFS(w io.Writer, want Wanted) error {
	file, err := os.Open(f.lfsFile(want.Hash))
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(sum, w), file); err != nil {
		return err
	}
	if got := lockfile.ContentHash(sum.Sum(nil)); got != want.Hash {
		return fmt.Errorf("read content %s of Git LFS: it is damaged, its hash is %s", want.Hash, got)
	}
	return nil
}

// Source is where a content can be read.
type Source struct {
	repo *Repo
	hash lockfile.ContentHash
	file string // of Git LFS, or
	blob string // of git
}

// Locate finds where a content can be read without reading it: in Git LFS, or
// in the first of the commits that has a file of its size at its path. The
// error is a *NotFoundError if the content is not here.
func (f *Finder) Locate(want Wanted, commits []string) (Source, error) {
	src := Source{repo: f.repo, hash: want.Hash}
	file := f.lfsFile(want.Hash)
	if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
		src.file = file
		return src, nil
	}
	missing := &NotFoundError{Wanted: want}
	treePath, ok := f.repo.Path(want.Path)
	if !ok {
		return src, missing
	}
	for _, commit := range commits {
		obj, ok, err := f.objects.Stat(commit + ":" + treePath)
		switch {
		case err != nil:
			return src, err
		case !ok:
			continue
		case f.names(obj, want.Hash): // whatever size is wanted: a pointer is no content
			missing.Why = NotPulled
			continue
		case obj.Size == want.Size:
			src.blob = obj.ID
			return src, nil
		}
		missing.Why = max(missing.Why, OtherContent)
	}
	return src, missing
}

// Open reads the content. At its end the bytes were checked against the hash:
// the last read returns an error in place of io.EOF if they do not match.
// Sources of one finder may be opened concurrently, even when it is closed.
func (s Source) Open(ctx context.Context) (io.ReadCloser, error) {
	if s.file != "" {
		f, err := os.Open(s.file)
		if err != nil {
			return nil, err
		}
		return &checked{r: f, sum: sha256.New(), want: s.hash, close: f.Close}, nil
	}
	cmd := s.repo.command(ctx, "cat-file", "blob", s.blob)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start git cat-file: %w", err)
	}
	stop := func() error {
		out.Close() // git ends when nobody reads any more; how is of no interest
		_ = cmd.Wait()
		return nil
	}
	return &checked{r: out, sum: sha256.New(), want: s.hash, close: stop}, nil
}

// checked is a content whose bytes are checked while they are read.
type checked struct {
	r     io.Reader
	sum   hash.Hash
	want  lockfile.ContentHash
	close func() error
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.sum.Write(p[:n])
	if err == io.EOF {
		if got := lockfile.ContentHash(c.sum.Sum(nil)); got != c.want {
			return n, fmt.Errorf("expected content %s, found %s", c.want, got)
		}
	}
	return n, err
}

func (c *checked) Close() error { return c.close() }

// maxFile bounds what File reads: far above any lock.
const maxFile = 256 << 20

// File returns what stands at a path of a commit, or of the index with a stage
// such as ":2" in the commit's place. It reports false if nothing does.
func (f *Finder) File(commit, rel string) ([]byte, bool, error) {
	treePath, ok := f.repo.Path(rel)
	if !ok {
		return nil, false, nil
	}
	return f.Blob(commit + ":" + treePath)
}

// Blob is the content of an object, by its id or another name that git has for
// it. It reports false if there is none on this machine.
func (f *Finder) Blob(name string) ([]byte, bool, error) {
	obj, ok, err := f.objects.Stat(name)
	if err != nil || !ok {
		return nil, false, err
	}
	b, err := f.objects.Read(obj, maxFile)
	return b, err == nil, err
}

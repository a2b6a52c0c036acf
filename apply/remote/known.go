package remote

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"sync"

	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// known is what this machine found of a lock's contents.
type known struct {
	Lock     string                 `json:"lock"`   // digest
	Remote   string                 `json:"remote"` // digest of its URL
	Contents []lockfile.ContentHash `json:"contents"`
}

const knownName = "checked.json"

// SaveKnown notes that the remote at a URL has contents of a lock, for who looks
// at that lock later and asks nobody.
func SaveKnown(data *datadir.Dir, digest, url string, contents []lockfile.ContentHash) error {
	b, err := json.Marshal(known{digest, lockfile.Digest([]byte(url)), contents})
	if err != nil {
		return err
	}
	return data.Sub("remote").Write(knownName, append(b, '\n'))
}

// Known are the contents that the remote at a URL was found to have of a lock.
// What was noted of another lock or remote says nothing.
func Known(data *datadir.Dir, digest, url string) (map[lockfile.ContentHash]bool, error) {
	k, err := readKnown(data.Sub("remote"))
	if err != nil || k.Lock != digest || k.Remote != lockfile.Digest([]byte(url)) {
		return nil, err
	}
	found := make(map[lockfile.ContentHash]bool, len(k.Contents))
	for _, h := range k.Contents {
		found[h] = true
	}
	return found, nil
}

// readKnown reads the note; one that cannot be understood says nothing.
func readKnown(dir *datadir.Dir) (k known, err error) {
	f, err := dir.Open(knownName)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return k, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil || json.Unmarshal(b, &k) != nil {
		return known{}, err
	}
	return k, nil
}

// knownOnce are the contents of the note of a lock, when it was read first.
type knownOnce struct {
	once     sync.Once
	contents map[lockfile.ContentHash]bool
}

// lose drops the note that says the remote has a content: it was looked for, and
// was not there or was not whole.
func (n notes) lose(h lockfile.ContentHash) {
	if n.dir == nil {
		return
	}
	n.read.once.Do(func() {
		k, _ := readKnown(n.dir)
		n.read.contents = make(map[lockfile.ContentHash]bool, len(k.Contents))
		for _, h := range k.Contents {
			n.read.contents[h] = true
		}
	})
	if n.read.contents[h] {
		_ = n.dir.Remove(knownName) // it is found out again
	}
}

package remote

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"

	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// known is what this machine found of a lock's contents.
type known struct {
	Lock     string                 `json:"lock"` // digest
	Contents []lockfile.ContentHash `json:"contents"`
}

const knownName = "checked.json"

// SaveKnown notes that the remote has contents of a lock, for who looks at that
// lock later and asks nobody.
func SaveKnown(data *datadir.Dir, digest string, contents []lockfile.ContentHash) error {
	b, err := json.Marshal(known{digest, contents})
	if err != nil {
		return err
	}
	return data.Sub("remote").Write(knownName, append(b, '\n'))
}

// Known are the contents that the remote was found to have of a lock. What was
// noted of another lock says nothing.
func Known(data *datadir.Dir, digest string) (map[lockfile.ContentHash]bool, error) {
	f, err := data.Sub("remote").Open(knownName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	var k known
	if err != nil || json.Unmarshal(b, &k) != nil || k.Lock != digest {
		return nil, err
	}
	found := make(map[lockfile.ContentHash]bool, len(k.Contents))
	for _, h := range k.Contents {
		found[h] = true
	}
	return found, nil
}

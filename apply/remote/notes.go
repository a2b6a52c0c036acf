package remote

import (
	"encoding/hex"
	"encoding/json"
	"io"

	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// notes are what this machine knows of the remote: uploads that did not get
// through, and contents that were damaged there. They may be lost: then they are
// found out again, or "remote push" does what is left.
type notes struct {
	dir  *datadir.Dir
	read *knownOnce
}

func notesIn(data *datadir.Dir) notes { return notes{data.Sub("remote"), &knownOnce{}} }

// due is an upload that is noted.
type due struct {
	Contents  []lockfile.ContentHash `json:"contents,omitempty"`
	Inputs    lockfile.InputsHash    `json:"inputs_hash,omitzero"`
	Origin    string                 `json:"origin,omitempty"`
	Overwrite bool                   `json:"overwrite,omitempty"`
}

func (n notes) due() *datadir.Dir   { return n.dir.Sub("due") }
func (n notes) wrong() *datadir.Dir { return n.dir.Sub("wrong") }

// dueName is the name of an upload's note; "": there is nothing to note.
func dueName(u Upload) string {
	switch {
	case !u.Inputs.IsZero():
		return "result-" + hex.EncodeToString(u.Inputs[:]) + ".json"
	case len(u.Contents) > 0:
		return "blob-" + hex.EncodeToString(u.Contents[0][:]) + ".json"
	}
	return ""
}

// Note notes that an upload is due, before it is tried: a process that is killed
// leaves it to the next.
func (r *Remote) Note(u Upload) {
	name := dueName(u)
	if r.o.ReadOnly || r.notes.dir == nil || name == "" {
		return
	}
	b, err := json.Marshal(due{u.Contents, u.Inputs, u.Origin, u.Overwrite || r.isStale(u.Inputs)})
	if err == nil {
		err = r.notes.due().Write(name, append(b, '\n'))
	}
	if err != nil {
		r.warn("what is to be uploaded cannot be noted (%v); \"assetform remote push\" finds it", err)
	}
}

// settle drops the note of an upload.
func (n notes) settle(u Upload) {
	if name := dueName(u); n.dir != nil && name != "" {
		_ = n.due().Remove(name) // it is tried again, which does no harm
	}
}

// Due lists the uploads that did not get through.
func (r *Remote) Due() []Upload { return DueIn(r.o.Data) }

// DueIn lists the uploads that a data directory notes.
func DueIn(data *datadir.Dir) []Upload {
	if data == nil {
		return nil
	}
	dir := notesIn(data).due()
	entries, err := dir.Entries()
	if err != nil {
		return nil
	}
	var list []Upload
	for _, e := range entries {
		f, err := dir.Open(e.Name())
		if err != nil {
			continue
		}
		b, err := io.ReadAll(io.LimitReader(f, 1<<20))
		f.Close()
		var d due
		if err != nil || json.Unmarshal(b, &d) != nil {
			continue
		}
		u := Upload{Contents: d.Contents, Inputs: d.Inputs, Origin: d.Origin, Overwrite: d.Overwrite}
		if dueName(u) == e.Name() {
			list = append(list, u)
		}
	}
	return list
}

// isWrong tells whether a content had other bytes in the remote.
func (n notes) isWrong(h lockfile.ContentHash) bool { return n.stands(hex.EncodeToString(h[:])) }

func (n notes) setWrong(h lockfile.ContentHash, is bool) { n.set(hex.EncodeToString(h[:]), is) }

// isUntrue tells whether a record that names this content was found to say of it
// what is not so.
func (n notes) isUntrue(e *lockfile.Entry) bool { return n.stands(untrueName(e)) }

func (n notes) setUntrue(e *lockfile.Entry, is bool) { n.set(untrueName(e), is) }

func untrueName(e *lockfile.Entry) string {
	return "result-" + hex.EncodeToString(e.InputsHash[:]) + "-" + hex.EncodeToString(e.ContentHash[:8])
}

func (n notes) stands(name string) bool {
	if n.dir == nil {
		return false
	}
	_, err := n.wrong().Stat(name)
	return err == nil
}

func (n notes) set(name string, is bool) {
	if n.dir == nil {
		return
	}
	if is {
		_ = n.wrong().Write(name, nil) // without it the same is found out again
	} else {
		_ = n.wrong().Remove(name)
	}
}

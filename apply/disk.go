package apply

import (
	"context"
	"fmt"

	"assetform/apply/outputs"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/address"
	"assetform/lockfile"
	"assetform/lockfile/datadir"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/sync/errgroup"
)

// Disk is what commands work with that change outputs and lock without any
// server. The caller holds the run lock.
type Disk struct {
	Project  *config.Project
	Lock     *lockfile.Lock // changed in place, and written
	LockPath string
	LockRaw  []byte // what the lock was read from; nil: there was no file
	Data     *datadir.Dir
	Store    *store.Store
	Earlier  Earlier // nil: there is no git
	// Tracked tells whether git tracks a file, or cannot tell; nil: nothing is.
	Tracked func(path string) bool
	// WithLFS tells whether an output is with Git LFS; nil: none is.
	WithLFS func(output string) bool
}

// takePast brings an entry's content into the store if git has it.
func (d *Disk) takePast(e *lockfile.Entry) bool {
	return d.Earlier != nil && !d.Store.Has(e.ContentHash) && d.Earlier.Holds(e) != "" && d.Earlier.TakeIn(d.Store, e.ContentHash) == nil
}

// open gives access to the outputs, and removes what killed processes left
// beside them. What cannot be removed is only in the way.
func (d *Disk) open() (*outputs.Files, error) {
	out, err := outputs.Open(outputs.Options{
		Engines: d.Project.Engines,
		Root:    d.Project.Root, Dir: d.Project.Dir, Data: d.Data, Store: d.Store, Lock: d.Lock,
		Credit: d.Project.Provenance.Credit, Rights: d.Project.Provenance.Rights,
	})
	if err == nil {
		_ = out.Sweep(theirs(d.Project.Root, d.Tracked))
	}
	return out, err
}

// save writes the lock, if nothing else wrote it since it was read.
func (d *Disk) save() error {
	c := newCommitter(d.LockPath, d.LockRaw, d.Lock)
	if err := c.check(true); err != nil {
		return err
	}
	return lockfile.Save(d.LockPath, d.Lock)
}

// restoresAtOnce bounds the outputs that are restored at once: while some wait
// for the disk others are read.
const restoresAtOnce = 64

// RestoreOutputs brings outputs of the lock back from the store, all or those of
// the given addresses, and returns which: those that are missing, and those where
// another result stands, as of the lock before a pull. Other files that stand are
// left alone. What the store does not hold is a warning. Fetch, if not nil, is
// called for each entry before, by several goroutines at once.
func RestoreOutputs(ctx context.Context, d Disk, addresses []address.Address, fetch func(*lockfile.Entry)) (restored []address.Address, diags hcl.Diagnostics) {
	out, err := d.open()
	if err != nil {
		return nil, failure(nil, "Project cannot be opened", sentence(err)+".")
	}
	defer out.Close()
	wanted := map[string]bool{}
	for _, a := range addresses {
		wanted[a.String()] = true
	}
	texts := d.Lock.Addresses()
	back, errs := make([]bool, len(texts)), make([]error, len(texts))
	var g errgroup.Group
	g.SetLimit(restoresAtOnce)
	for i, text := range texts {
		if len(addresses) > 0 && !wanted[text] {
			continue
		}
		g.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			e := d.Lock.Assets[text]
			if fetch != nil {
				fetch(&e)
			}
			back[i], errs[i] = out.Restore(e)
			if errs[i] != nil && d.takePast(&e) {
				back[i], errs[i] = out.Restore(e)
			}
			return nil
		})
	}
	_ = g.Wait() // none fails
	for i, text := range texts {
		addr, err := address.Parse(text)
		switch {
		case err != nil: // the codec lets none of these pass
		case errs[i] != nil:
			diags = append(diags, warning("Output cannot be restored", fmt.Sprintf("%s: %s.", addr, errs[i])))
		case back[i]:
			restored = append(restored, addr)
		}
	}
	return restored, diags
}

func failure(at *hcl.Range, summary, detail string) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: at}}
}

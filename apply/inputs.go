package apply

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"assetform/apply/media"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/sync/errgroup"
)

// notUsableError says that an input image is one that services refuse.
type notUsableError struct {
	path string
	err  error
}

func (e *notUsableError) Error() string { return fmt.Sprintf("%q cannot be used: %s", e.path, e.err) }

// decodedInputs are the input images that were decoded, each content once.
// Methods may be called concurrently.
type decodedInputs struct {
	mu    sync.Mutex
	found map[decodedInput]error
}

// decodedInput is an image, and whether it is an asset's result.
type decodedInput struct {
	content lockfile.ContentHash
	result  bool
}

// check tells whether services can read an input image.
func (d *decodedInputs) check(im plan.Image, data []byte) error {
	d.mu.Lock()
	key := decodedInput{im.Hash, !im.Upstream.IsZero()}
	err, known := d.found[key]
	d.mu.Unlock()
	if !known {
		err = media.CheckInput(bytes.NewReader(data), int64(len(data)), key.result)
		d.mu.Lock()
		if d.found == nil {
			d.found = map[decodedInput]error{}
		}
		d.found[key] = err
		d.mu.Unlock()
	}
	if err != nil {
		return &notUsableError{im.Path, err}
	}
	return nil
}

// inputsDecode looks at the files that are sent as input images to engines
// that charge, before anything is sent: a damaged one found late would leave a
// run that has paid for a part. It reports whether the run may go on. What
// keeps a file from being read is said when it is to be sent.
func (r *run) inputsDecode(ctx context.Context) bool {
	type use struct {
		change *plan.Change
		image  plan.Image
	}
	var uses []use
	for _, c := range r.plan.Changes {
		if !c.Action.Generates() || !r.plan.Engines.Charges(c.Provider) {
			continue
		}
		for _, im := range c.Fingerprint.Images {
			if im.Upstream.IsZero() {
				uses = append(uses, use{c, im})
			}
		}
	}
	failures, sizes := make([]error, len(uses)), make([]int, len(uses))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	requests, stops := r.scheduler.asset.requests, r.scheduler.stops
	for i, u := range uses {
		g.Go(func() error {
			if stops.sendingEnded(ctx) {
				return nil // nothing is sent, whatever they are
			}
			if data, err := requests.image(u.image); err == nil {
				failures[i], sizes[i] = requests.inputs.check(u.image, data), len(data)
			}
			return nil
		})
	}
	_ = g.Wait() // none fails
	ok, together := true, map[*plan.Change]int{}
	for i, u := range uses {
		if together[u.change] += sizes[i]; failures[i] == nil && together[u.change] > maxInputBytes {
			failures[i] = &notUsableError{u.image.Path, fmt.Errorf("the images of one request have more than %d MiB together", maxInputBytes>>20)}
		}
		var refused *notUsableError
		if !errors.As(failures[i], &refused) {
			continue
		}
		ok = false
		d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Input image not usable",
			Detail: fmt.Sprintf("The %s of %s: %s. Nothing was sent.", u.image.Name, u.change.Address, refused)}
		if u.change.Spec != nil {
			d.Subject = u.change.Spec.Range.Ptr()
			for _, in := range u.change.Spec.Inputs {
				if in.Path == u.image.Path && in.Name == u.image.Name {
					d.Subject = in.Range.Ptr()
				}
			}
		}
		r.events.report(d)
	}
	return ok
}

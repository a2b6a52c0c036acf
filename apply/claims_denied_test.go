package apply

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"assetform/apply/remote"
	"assetform/apply/remote/file"
	"assetform/config/address"
)

// unwritable refuses all writes, for a reason.
type unwritable struct {
	remote.Files
	why error
}

func (u unwritable) Put(context.Context, string, io.ReadSeeker, int64) error { return u.why }

func (u unwritable) Create(context.Context, string, io.ReadSeeker, int64) error { return u.why }

// refuses gives an apply the rig's remote, where it may not write.
func (r claimsRig) refuses(why error) func(*Options) {
	return r.sharedAt(func(context.Context) (remote.Files, error) {
		f, err := file.Open(r.dir)
		return unwritable{f, why}, err
	})
}

// Who may only read the remote, without saying so, waits for what others have
// claimed all the same.
func TestClaimsAreRespectedWithoutRights(t *testing.T) {
	for _, why := range []error{remote.ErrDenied, remote.ErrUnsupported} {
		bubble2(t, why.Error(), func(t *testing.T) {
			r := newClaimsRig(t)
			r.api.latency = 20 * time.Second
			done := make(chan result)
			r.apply(func(o *Options) {
				o.testOnlyStep = func(step string, _ address.Address) {
					if step == "recorded" {
						go func() { other := r.clone(); done <- other.apply(r.refuses(why)) }()
						time.Sleep(time.Second)
					}
				}
			}).wantCode(t, ExitDone)
			got := <-done
			got.wantCode(t, ExitDone)
			r.want("released", 1)

			// What nobody has claimed it pays for, and says that others may, too.
			r.write("main.asset.hcl", r.read("main.asset.hcl")+asset("b", "B", "b.png"))
			got = r.clone().apply(r.refuses(why))
			got.wantCode(t, ExitDone)
			if r.api.posts != 2 || strings.Count(got.text(), "Two machines may pay for the same thing at once") != 1 ||
				strings.Contains(got.text(), "may not be written from here") != (why == remote.ErrDenied) {
				t.Errorf("%d requests were sent\n%s", r.api.posts, got.text())
			}
		})
	}
}

// What may have been paid for by somebody who is gone it pays for only if it is told
// to.
func TestExpiredClaimsWithoutRights(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		r.put(1, map[string]any{"state": "sending", "idempotency_key": "K"})
		got := r.apply(r.refuses(remote.ErrDenied))
		got.wantCode(t, ExitParked)
		r.want("sending", 0)
		if !strings.Contains(got.text(), "--unclaimed") {
			t.Error(got.text())
		}
		r.apply(r.refuses(remote.ErrDenied), func(o *Options) { o.Unclaimed = true }).wantCode(t, ExitDone)
		r.want("sending", 1)
	})
}

// A remote that has stopped answering is waited for once, not for each asset.
func TestClaimsAreAskedForOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		var more strings.Builder
		for i := range 20 {
			more.WriteString(asset(fmt.Sprint("b", i), fmt.Sprint("B", i), fmt.Sprint("b", i, ".png")))
		}
		r.write("more.asset.hcl", more.String())
		for _, why := range []error{context.DeadlineExceeded, remote.ErrUnknown} {
			began := time.Now()
			r.apply(r.refuses(why)).wantCode(t, ExitParked)
			if took := time.Since(began); took > time.Minute || r.api.posts > 0 {
				t.Errorf("it took %s, and %d requests were sent", took, r.api.posts)
			}
		}
	})
}

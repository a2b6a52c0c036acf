package cli

import (
	"bytes"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"assetform/apply/remote"
)

func TestTransfersAreShown(t *testing.T) {
	t.Parallel()
	counts := func() remote.Counts { return remote.Counts{Downloaded: 2, Bytes: 2048} }
	none := func() remote.Counts { return remote.Counts{} }
	for name, tt := range map[string]struct {
		terminal *os.File
		counts   func() remote.Counts
		after    time.Duration
		want     string
	}{
		"over before anybody looks": {os.Stderr, counts, 200 * time.Millisecond, ""},
		"on a terminal":             {os.Stderr, counts, 300 * time.Millisecond, "\rRemote: 2 files downloaded, 2.0 KiB.\x1b[K\r\x1b[K"},
		"nothing has come yet":      {os.Stderr, none, 300 * time.Millisecond, "\rRemote: waiting for answers.\x1b[K\r\x1b[K"},
		"in a log":                  {nil, counts, 31 * time.Second, "Remote: 2 files downloaded, 2.0 KiB.\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var b bytes.Buffer
				s := &streams{Err: &b, ErrTerm: tt.terminal}
				stop := s.showTransfers(tt.counts)
				time.Sleep(tt.after)
				stop()
				if got := b.String(); got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		})
	}
}

package progress

import (
	"testing"

	"assetform/apply/remote"
)

func TestTransferLine(t *testing.T) {
	t.Parallel()
	for want, counts := range map[string]remote.Counts{
		"Remote: waiting for uploads.":                             {},
		"Remote: 1 file uploaded, 3 B.":                            {Uploaded: 1, Bytes: 3},
		"Remote: 2 files uploaded, 1 file downloaded, 2.0 KiB.":    {Uploaded: 2, Downloaded: 1, Bytes: 2048},
		"Remote: 1 file downloaded, 1.0 KiB, 2 uploads still due.": {Downloaded: 1, Bytes: 1024, Due: 2},
		"Remote: 1 upload still due.":                              {Due: 1},
	} {
		if got := TransferLine(counts); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

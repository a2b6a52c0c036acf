package cli

import (
	"fmt"
	"sync"
	"time"

	"assetform/apply/progress"
	"assetform/apply/remote"
)

// How often it is told how far transfers are: on a terminal, where the line is
// written over, and in a log.
const (
	redrawTransfers = 250 * time.Millisecond
	logTransfers    = 30 * time.Second
)

// showTransfers tells on Err how far a command's transfers are, until it is
// stopped.
func (s *streams) showTransfers(counts func() remote.Counts) (stop func()) {
	line, end, every := "%s\n", "", logTransfers
	if s.ErrTerm != nil && !s.Logs {
		line, end, every = "\r%s\x1b[K", "\r\x1b[K", redrawTransfers
	}
	stopped := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for shown := false; ; shown = true {
			select {
			case <-tick.C:
				text := "Remote: waiting for answers."
				if c := counts(); c != (remote.Counts{}) {
					text = progress.TransferLine(c)
				}
				fmt.Fprintf(s.Err, line, text)
			case <-stopped:
				if shown {
					fmt.Fprint(s.Err, end)
				}
				return
			}
		}
	})
	return func() { close(stopped); writer.Wait() }
}

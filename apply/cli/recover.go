package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"assetform/apply/journal"

	"github.com/spf13/pflag"
)

// TasksRecover is the command tasks recover.
func TasksRecover(fs *pflag.FlagSet) Run {
	var timeout time.Duration
	fs.DurationVar(&timeout, "lock-timeout", 0, "wait this `DURATION` for an apply to end")
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		lock, code := s.acquire(ctx, timeout)
		if lock == nil {
			return code
		}
		defer s.release(lock)
		data, err := s.data()
		if err != nil {
			return dataRefused(s.streams, err)
		}
		done, err := journal.Recover(data)
		if err != nil {
			return s.fail("Journal not recovered", err)
		}
		var b strings.Builder
		fmt.Fprintf(&b, "Moved the damaged journal to %q and began a new one.\n", done.MovedTo)
		for _, in := range done.Tasks {
			fmt.Fprintf(&b, "  %-10s %-12s %s\n", in.State, orDash(in.TaskID), inline(in.Address.String()))
		}
		if len(done.Tasks) > 0 {
			b.WriteString("These requests could still be read in it and are known here no more. Take what was\npaid for back with \"assetform tasks attach ADDR TASK_ID\" before the next apply.\n")
		} else {
			b.WriteString("Look for tasks that were paid for with \"assetform tasks list\", and take them with\n\"assetform tasks attach ADDR TASK_ID\", before the next apply.\n")
		}
		return s.output(b.String())
	}
}

package cli

import (
	"context"
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"assetform/apply/journal"
	"assetform/apply/store"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/format"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/spf13/pflag"
)

// StoreList is the command store list.
func StoreList(fs *pflag.FlagSet) Run {
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		data, err := s.data()
		if err != nil {
			return dataRefused(s.streams, err)
		}
		st, err := store.Open(data)
		if err != nil {
			return s.fail("Unreadable store", err)
		}
		var lines []string
		var blobs, results int
		var size int64
		for item, err := range st.List(ctx) {
			if err != nil {
				return s.fail("Unreadable store", err)
			}
			size += item.Size
			if !item.IsResult() {
				blobs++
				continue
			}
			results++
			lines = append(lines, resultLine(item))
		}
		intents, err := journal.Read(data)
		if err != nil {
			return s.fail("Unreadable journal", err)
		}
		for _, in := range intents {
			if in.State == journal.StateRejected {
				lines = append(lines, refusedLine(st, &in))
			}
		}
		sort.Strings(lines)
		summary := fmt.Sprintf("%s in %s, %s.\n", diag.Count(results, "result"), diag.Count(blobs, "file"), diag.Size(size))
		return s.output(strings.Join(lines, "") + summary)
	}
}

// refusedLine says of a result that was paid for and refused what it is and
// where it lies: a person may be able to use it.
func refusedLine(st *store.Store, in *journal.Intent) string {
	size, what := "", "is missing"
	if f, err := st.Open(in.Content); err == nil {
		defer f.Close()
		head := make([]byte, format.HeadBytes)
		n, _ := io.ReadFull(f, head)
		if what = format.Sniff(head[:n]); what == "" {
			what, _ = format.Describe(head[:n])
		}
		if info, err := f.Stat(); err == nil {
			size = diag.Size(info.Size())
		}
		what += ", " + st.Path(in.Content)
	}
	return fmt.Sprintf("%.12s  %s  %9s  refused for %s: %s\n", strings.TrimPrefix(in.Content.String(), "sha256:"),
		in.Time.UTC().Format(time.DateTime), size, inline(in.Address.String()), what)
}

func resultLine(item store.Item) string {
	hash := strings.TrimPrefix(item.Inputs.String(), "v1:sha256:")
	if item.Entry == nil {
		return fmt.Sprintf("%.12s  %s  unreadable record\n", hash, item.ModTime.UTC().Format(time.DateTime))
	}
	what := inline(item.Entry.Method)
	if prompt, ok := item.Entry.Inputs["prompt"]; ok {
		what += "  " + shorten(inline(prompt.String()), 60)
	}
	return fmt.Sprintf("%.12s  %s  %9s  %s\n", hash, item.ModTime.UTC().Format(time.DateTime), diag.Size(item.Entry.Bytes), what)
}

// StorePrune is the command store prune.
func StorePrune(fs *pflag.FlagSet) Run {
	var olderThan ageFlag
	var dryRun bool
	fs.Var(&olderThan, "older-than", "keep what was stored less than this `AGE` ago (720h, 30d)")
	fs.BoolVar(&dryRun, "dry-run", false, "remove nothing, only say what would go")
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		return pruneStore(ctx, s.loader, store.PruneOptions{OlderThan: time.Duration(olderThan), DryRun: dryRun, Now: time.Now()})
	}
}

func pruneStore(ctx context.Context, l *loader, o store.PruneOptions) int {
	held, code := l.acquire(ctx, 0)
	if held == nil {
		return code
	}
	defer l.release(held)
	// Under the run lock: an older lock would not name what an apply that has
	// just ended put into the store.
	lock, _, diags := l.loadLock()
	if diags.HasErrors() {
		l.printDiagnostics(diags, nil)
		return ExitError
	}
	data, err := l.data()
	if err != nil {
		return dataRefused(l.streams, err)
	}
	intents, err := journal.Read(data)
	if err != nil {
		return l.fail("Unreadable journal", err)
	}
	o.KeepBlobs, o.KeepResults = kept(l.engines, lock, intents)
	st, err := store.Open(data)
	if err != nil {
		return l.fail("Unreadable store", err)
	}
	report, err := st.Prune(ctx, o)
	if err != nil {
		return l.fail("Store not pruned", err)
	}
	verb := "Removed"
	if o.DryRun {
		verb = "Would remove"
	}
	var b strings.Builder
	for _, item := range report.Removed {
		if item.IsResult() {
			b.WriteString(resultLine(item))
		}
	}
	fmt.Fprintf(&b, "%s %s (%s); %d stay.\n", verb, diag.Count(len(report.Removed), "item"), diag.Size(report.Bytes), report.Kept)
	return l.output(b.String())
}

// kept is what a lock and the journal name: it is never pruned. What the
// journal remembers of tasks that are done with is their ids alone.
func kept(engines engine.Registry, lock *lockfile.Lock, intents []journal.Intent) (map[lockfile.ContentHash]bool, map[lockfile.InputsHash]bool) {
	blobs, results := map[lockfile.ContentHash]bool{}, map[lockfile.InputsHash]bool{}
	for _, e := range lock.Assets {
		blobs[e.ContentHash], results[e.InputsHash] = true, true
		if !e.SourceHash.IsZero() {
			blobs[e.SourceHash] = true
		}
		for _, alone := range plan.Alone(engines, e) {
			blobs[alone.ContentHash], results[alone.InputsHash] = true, true
		}
	}
	for _, in := range intents {
		if !in.State.Final() {
			results[in.InputsHash], blobs[in.Content] = true, true
		}
	}
	return blobs, results
}

// ageFlag is a duration that may be given in days.
type ageFlag time.Duration

func (a *ageFlag) String() string {
	if *a == 0 {
		return ""
	}
	return time.Duration(*a).String()
}

func (a *ageFlag) Type() string { return "duration" }

func (a *ageFlag) Set(text string) error {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n int
		if _, err := fmt.Sscanf(days+"\n", "%d\n", &n); err != nil || n < 0 || n > 36500 {
			return fmt.Errorf("%q is no number of days", text)
		}
		*a = ageFlag(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return fmt.Errorf("%q is no duration such as 720h or 30d", text)
	}
	*a = ageFlag(d)
	return nil
}

// shorten cuts a text for one line.
func shorten(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

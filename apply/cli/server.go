package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"assetform/apply/studio"
	"assetform/config"
	"assetform/config/worktree"

	"github.com/spf13/pflag"
)

// Serve is the command serve.
func Serve(fs *pflag.FlagSet) Run {
	var o studio.ServeOptions
	var keys string
	var faults, origins []string
	fs.StringVar(&o.Listen, "listen", studio.DefaultListen, "`ADDRESS` to listen on; port 0 takes a free one")
	fs.StringVar(&o.DataDir, "data-dir", "", "keep tasks and results across restarts in `DIR`")
	fs.StringVar(&keys, "keys", "", "accept the API keys of `FILE` (HCL); without it one random key is printed")
	fs.DurationVar(&o.Latency, "latency", 0, "make tasks take this `TIME`")
	fs.DurationVar(&o.ResultTTL, "result-ttl", studio.DefaultResultTTL, "`TIME` for which results can be fetched")
	fs.Float64Var(&o.FailRate, "fail-rate", 0, "`PART` of tasks that fail, 0 to 1")
	fs.StringArrayVar(&faults, "fault", nil, "switch on a `FAULT`, NAME[@SCOPE][=COUNT|=PERCENT%] (repeatable; see below)")
	fs.StringArrayVar(&origins, "cors", nil, "let pages of this `ORIGIN` use the server: http://localhost:5173, null (files) or * (repeatable)")
	fs.StringVar(&o.PublicURL, "public-url", "", "`ORIGIN` that result URLs begin with")
	fs.BoolVar(&o.NoCaption, "no-caption", false, "draw no strip with the prompt")
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		if o.FailRate < 0 || o.FailRate > 1 {
			return s.fail("Unusable flag", fmt.Errorf("--fail-rate %v is not between 0 and 1", o.FailRate))
		}
		for _, text := range origins {
			at, err := studio.ParseCORS(text)
			if err != nil {
				return s.fail("Unusable flag", fmt.Errorf("--cors: %w", err))
			}
			o.CORS = append(o.CORS, at)
		}
		for _, text := range faults {
			f, err := studio.ParseFault(text)
			if err != nil {
				var names []string
				for _, k := range studio.FaultKinds {
					names = append(names, k.Name)
				}
				return s.fail("Unusable flag", fmt.Errorf("--fault %q: %w%s", text, err, DidYouMean(f.Name, names)))
			}
			o.Faults = append(o.Faults, f)
		}
		if keys != "" {
			src, err := os.ReadFile(s.path(keys))
			if errors.Is(err, syscall.EISDIR) {
				err = isDirectory(keys)
			}
			if err != nil {
				return s.fail("Unreadable keys file", err)
			}
			parsed, diags := studio.ParseKeys(keys, worktree.Text(src))
			s.printDiagnostics(diags, nil)
			if diags.HasErrors() {
				return ExitError
			}
			o.Keys = parsed
		}
		if o.DataDir != "" {
			o.DataDir = s.path(o.DataDir)
			if err := s.ownPath(o.DataDir); err != nil {
				return s.fail("Unusable flag", err)
			}
		}
		o.Logger = serverLog(s.streams)
		ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
		defer stop()
		if err := studio.Serve(ctx, o, s.Err); err != nil {
			var failed *net.OpError
			if errors.As(err, &failed) && failed.Op == "listen" {
				return s.fail("Server not started", fmt.Errorf("--listen %q: %w", o.Listen, failed))
			}
			return s.fail("Server stopped", err)
		}
		return ExitDone
	}
}

// serverLog is the access log: on by default, since a server without one is
// hard to understand.
func serverLog(s *streams) *slog.Logger {
	if s.Logs {
		return s.Log
	}
	return slog.New(slog.NewTextHandler(s.Err, nil))
}

// FaultHelp lists the faults of serve for its help.
func FaultHelp() string {
	var b strings.Builder
	for _, k := range studio.FaultKinds {
		fmt.Fprintf(&b, "  %-16s %s\n", k.Name, k.Doc)
	}
	return b.String()
}

// Version is the command version.
func Version(fs *pflag.FlagSet) Run {
	var asJSON bool
	fs.BoolVar(&asJSON, "json", false, "print JSON")
	return func(_ context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		if asJSON {
			return s.output(fmt.Sprintf("{\n  \"version\": %q,\n  \"platform\": \"%s_%s\"\n}\n", s.version, runtime.GOOS, runtime.GOARCH))
		}
		return s.output(fmt.Sprintf("assetform %s\non %s_%s\n", s.version, runtime.GOOS, runtime.GOARCH))
	}
}

// apiTimeout is how long a command waits for the API before it gives up.
const apiTimeout = time.Minute

// waiting says on the way that a server has not answered yet, so that nobody
// takes a command that asks again for one that hangs. The caller calls the
// function that it returns.
func (s *streams) waiting(at config.Endpoint) (answered func()) {
	if at.IsZero() {
		return func() {}
	}
	var mu sync.Mutex // the sentence is written whole or not at all
	over := false
	t := time.AfterFunc(2*time.Second, func() {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			fmt.Fprintf(s.Err, "%s has given no usable answer yet. It is asked again, for half a minute at most.\n", at.Origin.Full())
		}
	})
	return func() {
		t.Stop()
		mu.Lock()
		defer mu.Unlock()
		over = true
	}
}

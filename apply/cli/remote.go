package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"assetform/apply/remote"
	"assetform/apply/remote/open"
	"assetform/apply/repo"
	"assetform/config"
	"assetform/config/diag"
	"assetform/config/origin"
	"assetform/lockfile/datadir"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// Environment variables that take the place of the remote block.
const (
	remoteURLVariable  = "ASSETFORM_REMOTE_URL"
	remoteModeVariable = "ASSETFORM_REMOTE_MODE"
)

// remoteOff leaves the remote alone, for this run.
const remoteOff = "off"

// remoteFlag is the flag --remote.
type remoteFlag struct{ mode string }

func (f *remoteFlag) bind(fs *pflag.FlagSet, what string) {
	fs.StringVar(&f.mode, "remote", "", what)
}

func (f *remoteFlag) check() error {
	if f.mode == "" || isRemoteMode(f.mode) {
		return nil
	}
	return fmt.Errorf("--remote %q: the remote is %s, %s or %s%s", f.mode, remoteOff, config.RemoteRead, config.RemoteReadWrite,
		DidYouMean(f.mode, []string{remoteOff, config.RemoteRead, config.RemoteReadWrite}))
}

func isRemoteMode(mode string) bool {
	return mode == remoteOff || mode == config.RemoteRead || mode == config.RemoteReadWrite
}

// remotePlace is which remote a command has to do with.
type remotePlace struct {
	url, shown string
	readOnly   bool
	file       string // of the configuration that names it; "": the environment does
}

// remotePlace finds the remote: what the environment says goes before the
// configuration, and the flag before both. nil: there is none.
func (l *loader) remotePlace(p *config.Project, f remoteFlag) (*remotePlace, error) {
	at := &remotePlace{url: p.Remote.URL, shown: p.Remote.Shown, readOnly: p.Remote.ReadOnly, file: p.Remote.Range.Filename}
	if named, _ := l.env(remoteURLVariable); named != "" {
		_, shown, err := origin.ParseRemote(named)
		if err == nil {
			err = open.Check(named)
		}
		if err != nil {
			return nil, fmt.Errorf("%s cannot be used: %w", remoteURLVariable, err)
		}
		at = &remotePlace{url: named, shown: shown, readOnly: p.Remote.ReadOnly}
	}
	named, _ := l.env(remoteModeVariable)
	if named != "" && !isRemoteMode(named) {
		return nil, fmt.Errorf("%s is %q: the remote is %s, %s or %s", remoteModeVariable, named, remoteOff, config.RemoteRead, config.RemoteReadWrite)
	}
	mode := cmp.Or(f.mode, named)
	switch {
	case mode == remoteOff:
		return nil, nil
	case at.url == "" && f.mode != "":
		return nil, fmt.Errorf("--remote %s: this project has no remote; name one in a remote block, or in %s", f.mode, remoteURLVariable)
	case at.url == "":
		return nil, nil
	case mode != "":
		at.readOnly = mode == config.RemoteRead
	}
	return at, nil
}

// checkRemote says what is wrong with the address of a project's remote.
func checkRemote(p *config.Project) hcl.Diagnostics {
	if p.Remote.URL == "" {
		return nil
	}
	if err := open.Check(p.Remote.URL); err != nil {
		return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Invalid value of url", Detail: fmt.Sprintf("The URL of the remote cannot be used: %s.", diag.Plain(err)), Subject: p.Remote.Range.Ptr()}}
	}
	return nil
}

// openRemote gives a workspace its project's remote, if it has one. Nothing is
// sent before something is asked.
func (l *loader) openRemote(w *workspace, data *datadir.Dir, f remoteFlag) error {
	at, err := l.remotePlace(w.project, f)
	if err != nil || at == nil {
		return err
	}
	w.remote, w.at = l.remoteAt(w.project, at, data), at
	return nil
}

func (l *loader) remoteAt(p *config.Project, at *remotePlace, data *datadir.Dir) *remote.Remote {
	return remote.New(remote.Options{
		Open:  func(ctx context.Context) (remote.Files, error) { return open.Open(ctx, at.url, l.Environ) },
		Shown: at.shown, ReadOnly: at.readOnly, Engines: p.Engines, Data: data,
	})
}

// remoteUnusable reports a remote that cannot be used, before anything is sent.
func (l *loader) remoteUnusable(err error) int { return l.fail("Remote not usable", err) }

// remoteOfPlan is what a plan says of the remote.
func (w *workspace) remoteOfPlan(ctx context.Context, l *loader, base string) *plan.Remote {
	if w.remote == nil {
		return nil
	}
	return &plan.Remote{
		Origin: w.at.shown, Asked: w.asker != nil && w.asker.failed() == nil,
		Changed: w.at.file != "" && !w.remoteStood(ctx, l, base),
	}
}

// remoteStood tells whether the URL of the remote stood in its file where HEAD
// and a ref parted, or, without a ref, in HEAD. One that is made of parts is
// nowhere as it is.
func (w *workspace) remoteStood(ctx context.Context, l *loader, base string) bool {
	r, err := repo.Open(ctx, l.Dir, l.Environ)
	if err != nil {
		return errors.Is(err, repo.ErrNoRepository)
	}
	commit := "HEAD"
	if base != "" {
		tip, err := r.Commit(ctx, base)
		if err != nil {
			return false
		}
		bases, err := r.MergeBases(ctx, tip)
		if err != nil || len(bases) == 0 {
			return false
		}
		commit = bases[0]
	}
	finder, err := r.Finder(ctx)
	if err != nil {
		return false
	}
	defer finder.Close()
	name := filepath.ToSlash(w.at.file)
	text, stood, err := finder.File(commit, name)
	return err == nil && stood && bytes.Contains(text, []byte(`"`+w.at.url+`"`))
}

// uploadsDue tells that an apply has something to make up for.
func (l *loader) uploadsDue() bool {
	data, err := l.data()
	return err == nil && len(remote.DueIn(data)) > 0
}

// closeRemote gives the connection up.
func (w *workspace) closeRemote(l *loader) {
	if w.remote == nil {
		return
	}
	if err := w.remote.Close(); err != nil {
		l.Log.Error("close the remote", "error", diag.Plain(err))
	}
}

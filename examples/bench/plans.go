package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// start is what a process costs that has next to nothing to do.
func (b *bench) start(ctx context.Context) error {
	p, err := b.applied(ctx, b.tool, b.scaled(10))
	if err != nil {
		return err
	}
	version := b.command(p, "version")
	version.says = "assetform"
	s, err := b.warm(ctx, b.light(), version, b.unchanged(p, "plan"), b.nothing())
	if err != nil {
		return err
	}
	b.results["version"] = result{s[0].ratio(s[2]), s[0].beside(s[2])}
	b.results["plan-10"] = result{s[1].ratio(s[2]), s[1].beside(s[2])}
	return nil
}

// growing is what so many assets take.
type growing struct {
	noop, git, edited, applied sample
}

// unchanged compares commands that find nothing to do among n assets.
func unchanged(n int) func(*bench, context.Context) error {
	return func(b *bench, ctx context.Context) error {
		p, err := b.applied(ctx, b.tool, b.scaled(n))
		if err != nil {
			return err
		}
		rounds := b.rounds()
		commands := []command{
			b.unchanged(p, "plan"), b.unchanged(p, "verify"), b.unchanged(p, "apply", "--auto-approve"),
			{args: []string{"git", "status"}, dir: p.dir, env: b.env, says: "nothing to commit, working tree clean"},
		}
		withTerraform := n == 5_000 && slices.ContainsFunc([]string{"plan-5000", "verify-5000", "apply-5000"}, b.possible)
		if withTerraform {
			tf, err := b.terraform(ctx, p.assets)
			if err != nil {
				return err
			}
			commands, rounds = append(commands, tf), b.heavy()
		}
		s, err := b.warm(ctx, rounds, commands...)
		if err != nil {
			return err
		}
		for i, name := range []string{"plan", "verify", "apply"} {
			switch name = fmt.Sprint(name, "-", n); {
			case withTerraform:
				b.results[name] = result{s[4].ratio(s[i]), s[4].beside(s[i])}
			case n == 1_000 || n == 10_000:
				b.results[name] = result{s[i].ratio(s[3]), s[i].beside(s[3])}
			}
		}
		if !b.wanted(growth) {
			return nil
		}
		edited, err := b.edited(p, "main.asset.hcl", 1)
		if err != nil {
			return err
		}
		e, err := b.alternate(ctx, b.heavy(), edited)
		if err != nil {
			return err
		}
		b.grown[p.assets] = growing{noop: s[0], git: s[3], edited: e[0], applied: p.applied}
		return nil
	}
}

// editedBlock is a plan after one of many blocks was edited.
func (b *bench) editedBlock(ctx context.Context) error {
	var commands []command
	for _, by := range b.programs() {
		p, err := b.applied(ctx, by, b.scaled(10_000))
		if err != nil {
			return err
		}
		c, err := b.edited(p, "main.asset.hcl", 1)
		if err != nil {
			return err
		}
		commands = append(commands, c)
	}
	s, err := b.warm(ctx, b.rounds(), commands...)
	if err != nil {
		return err
	}
	b.results["edited-memory"] = result{megabytes(s[0].memory), ""}
	if len(s) > 1 {
		b.results["edited-10000"] = result{s[0].ratio(s[1]), s[0].beside(s[1])}
		b.results["edited-memory"] = result{megabytes(s[0].memory), fmt.Sprintf("older build %.0f MB", megabytes(s[1].memory))}
	}
	return nil
}

// programs are the build of this tree and the older one, if there is one.
func (b *bench) programs() []string {
	if b.old == "" {
		return []string{b.tool}
	}
	return []string{b.tool, b.old}
}

// editedFile is a plan after one of many files was edited, beside one for which
// nothing is remembered.
func (b *bench) editedFile(ctx context.Context) error {
	whole, err := b.applied(ctx, b.tool, b.scaled(10_000))
	if err != nil {
		return err
	}
	p := *whole
	p.dir += "-files"
	if err := os.CopyFS(p.dir, os.DirFS(whole.dir)); err != nil {
		return err
	}
	files := 100
	if b.quick {
		files = 4
	}
	if err := split(p.dir, files); err != nil {
		return err
	}
	edited, err := b.edited(&p, "part0.asset.hcl", 1)
	if err != nil {
		return err
	}
	afresh := edited
	afresh.before = func(ctx context.Context) error { return cmp.Or(edited.before(ctx), p.forget()) }
	s, err := b.warm(ctx, b.rounds(), edited, afresh)
	if err != nil {
		return err
	}
	b.results["edited-file"] = result{s[0].ratio(s[1]), s[0].beside(s[1])}
	return nil
}

// split makes one file of blocks many.
func split(dir string, files int) error {
	name := filepath.Join(dir, "main.asset.hcl")
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	parts := strings.SplitAfter(string(text), "\n}\n\n") // the provider, the assets, and nothing
	parts = parts[:len(parts)-1]
	if err := os.WriteFile(name, []byte(parts[0]), 0o666); err != nil {
		return err
	}
	each := (len(parts) - 1 + files - 1) / files
	i := 0
	for part := range slices.Chunk(parts[1:], each) {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("part%d.asset.hcl", i)), []byte(strings.Join(part, "")), 0o666); err != nil {
			return err
		}
		i++
	}
	return nil
}

// editedRow is a plan after a row of a large table was edited. So many assets
// are not generated for it: this program writes them, in a process of its own,
// since what is measured would seem to have the memory that it takes.
func (b *bench) editedRow(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	p := &project{by: b.tool, dir: filepath.Join(b.tmp, "table"), assets: b.scaled(50_000)}
	write := exec.CommandContext(ctx, self, "-table", "-assets", fmt.Sprint(p.assets), "-dir", p.dir)
	if out, err := write.CombinedOutput(); err != nil {
		return fmt.Errorf("write a table: %w\n%s", err, out)
	}
	if err := p.commit(ctx, b.env); err != nil {
		return err
	}
	edited, err := b.edited(p, "items.csv", 1)
	if err != nil {
		return err
	}
	s, err := b.warm(ctx, b.heavy(), b.unchanged(p, "plan"), edited)
	if err != nil {
		return err
	}
	b.results["table-memory"] = result{megabytes(s[1].memory), "CPU " + ms(s[1].cpu)}
	b.grown[p.assets] = growing{noop: s[0], edited: s[1]}
	return os.RemoveAll(p.dir)
}

// grownTable is what becomes of the figures as projects grow.
func (b *bench) grownTable() table {
	t := table{title: "Growth (processor time; peak memory)", cells: [][]string{{"assets", "no-op plan", "", "git status", "plan after an edit", "", "apply, an asset"}}}
	if !b.wanted(growth) {
		return t
	}
	for _, n := range []int{10, 1_000, 5_000, 10_000, 50_000} {
		g, ok := b.grown[b.scaled(n)]
		if !ok {
			continue
		}
		line := []string{
			thousands(b.scaled(n)), ms(g.noop.cpu), mb(g.noop), ms(g.git.cpu), ms(g.edited.cpu), mb(g.edited), ms(g.applied.each(b.scaled(n))),
		}
		if n == 50_000 {
			line[0], line[3], line[6] = line[0]+" rows of a table", "", ""
		}
		t.cells = append(t.cells, line)
	}
	return t
}

func mb(s sample) string { return fmt.Sprintf("%.0f MB", megabytes(s.memory)) }

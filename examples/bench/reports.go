package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"
)

// delivered is how large the service's pictures are.
var delivered = image.Point{X: 1344, Y: 768}

// reporting is a report of pictures that all changed since the commit.
func (b *bench) reporting(ctx context.Context, by string, pairs int) (*project, command, error) {
	p, err := b.project(ctx, by, pairs, delivered)
	if err != nil {
		return nil, command{}, err
	}
	if err := p.commit(ctx, b.env); err != nil {
		return nil, command{}, err
	}
	name := filepath.Join(p.dir, "main.asset.hcl")
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, command{}, err
	}
	if err := os.WriteFile(name, bytes.ReplaceAll(text, []byte(`"Picture `), []byte(`"Another picture `)), 0o666); err != nil {
		return nil, command{}, err
	}
	if _, err := b.once(ctx, b.generating(p, 0, delivered)); err != nil {
		return nil, command{}, err
	}
	c := b.command(p, "report", "--base", "HEAD")
	c.says = fmt.Sprintf("%d changes between HEAD", pairs)
	return p, c, pause(ctx, settle)
}

// report compares reports of many pictures, the first one and one where all of
// it stands already.
func (b *bench) report(ctx context.Context) error {
	var firsts, agains []command
	for _, by := range b.programs() {
		p, again, err := b.reporting(ctx, by, b.scaled(300))
		if err != nil {
			return err
		}
		first := again
		first.before = func(context.Context) error {
			return cmp.Or(os.RemoveAll(filepath.Join(p.dir, "assetform-report")), p.forget())
		}
		firsts, agains = append(firsts, first), append(agains, again)
	}
	first, err := b.alternate(ctx, b.heavy(), firsts...)
	if err != nil {
		return err
	}
	if err := pause(ctx, settle); err != nil {
		return err
	}
	again, err := b.warm(ctx, b.heavy(), agains...)
	if err != nil {
		return err
	}
	b.results["report-first"] = result{first[0].ratio(first[1]), first[0].beside(first[1])}
	b.results["report-again"] = result{again[0].ratio(again[1]), again[0].beside(again[1])}
	return nil
}

func (b *bench) reportMemory(ctx context.Context) error {
	_, c, err := b.reporting(ctx, b.tool, b.scaled(1_000))
	if err != nil {
		return err
	}
	s, err := b.once(ctx, c)
	if err != nil {
		return err
	}
	b.results["report-memory"] = result{megabytes(s.memory), fmt.Sprintf("CPU %s, wall %s", ms(s.cpu), ms(s.wall))}
	return nil
}

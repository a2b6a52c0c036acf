package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// A row is a line of the table: some work, and what it is to reach.
type row struct {
	name    string // what --rows is compared with
	work    string // %s is how many assets, if there are any
	assets  int
	atLeast bool // the limit is the least, not the most
	limit   float64
	unit    string   // of what is reached; its first word stands behind the figure
	needs   []string // why it may not be measured
}

// Why a row is not measured.
const (
	needsOld       = "no older build (--old)"
	needsRevision  = "no revision of an older build (--old)"
	needsFull      = "only with --full"
	needsTerraform = "no terraform here"
	needsTrace     = "no strace here"
	needsMagick    = "no ImageMagick here"
	needsGateway   = "no " + gateway + " here"
)

// reach is the table. Those of the same work stand together.
var reach = []row{
	{name: "plan-10000", work: "no-op plan, %s assets", assets: 10_000, limit: 1.5, unit: "x git status"},
	{name: "verify-10000", work: "no-op verify, %s assets", assets: 10_000, limit: 1.5, unit: "x git status"},
	{name: "apply-10000", work: "no-op apply, %s assets", assets: 10_000, limit: 1.5, unit: "x git status"},
	{name: "plan-1000", work: "no-op plan, %s assets", assets: 1_000, limit: 3, unit: "x git status"},
	{name: "verify-1000", work: "no-op verify, %s assets", assets: 1_000, limit: 3, unit: "x git status"},
	{name: "apply-1000", work: "no-op apply, %s assets", assets: 1_000, limit: 3, unit: "x git status"},
	{name: "plan-5000", work: "no-op plan, %s assets", assets: 5_000, atLeast: true, limit: 100, unit: "x faster than a Terraform plan", needs: []string{needsTerraform}},
	{name: "verify-5000", work: "no-op verify, %s assets", assets: 5_000, atLeast: true, limit: 100, unit: "x faster than a Terraform plan", needs: []string{needsTerraform}},
	{name: "apply-5000", work: "no-op apply, %s assets", assets: 5_000, atLeast: true, limit: 100, unit: "x faster than a Terraform plan", needs: []string{needsTerraform}},
	{name: "edited-10000", work: "plan after one edited block among %s", assets: 10_000, limit: 0.6, unit: "x the older build", needs: []string{needsOld}},
	{name: "edited-memory", work: "memory of a plan after one edited block among %s", assets: 10_000, limit: 160, unit: "MB"},
	{name: "table-memory", work: "memory of a plan after one edited row of a table of %s", assets: 50_000, limit: 500, unit: "MB"},
	{name: "edited-file", work: "plan after one edited file, %s assets in 100 files", assets: 10_000, limit: 0.5, unit: "x nothing remembered"},
	{name: "version", work: "version", limit: 2, unit: "x an empty Go program"},
	{name: "plan-10", work: "no-op plan, %s assets", assets: 10, limit: 3, unit: "x an empty Go program"},
	{name: "generate", work: "apply an asset, instant server, %s assets", assets: 1_000, limit: 0.4, unit: "x the older build", needs: []string{needsOld}},
	{name: "generate-fsyncs", work: "fsyncs an asset of that apply", limit: 3, unit: "fsyncs", needs: []string{needsTrace}},
	{name: "generate-10000", work: "apply an asset, instant server, %s assets", assets: 10_000, limit: 1.2, unit: "x an asset of 1,000"},
	{name: "generate-50000", work: "apply an asset, instant server, %s assets", assets: 50_000, limit: 1.2, unit: "x an asset of 1,000", needs: []string{needsFull}},
	{name: "makespan", work: "apply of %s tasks of 1 s, 5 at a time, wall time", assets: 40, limit: 1.05, unit: "x ideal"},
	{name: "report-first", work: "report of %s changed pairs", assets: 300, limit: 0.6, unit: "x the older build", needs: []string{needsOld}},
	{name: "report-again", work: "report of %s changed pairs, again", assets: 300, limit: 0.1, unit: "x the older build", needs: []string{needsOld}},
	{name: "report-memory", work: "memory of a report of %s changed pairs", assets: 1_000, limit: 300, unit: "MB", needs: []string{needsFull}},
	{name: "variants", work: "variants of %s pictures, three widths each, to WebP", assets: 200, limit: 1.3, unit: "x ImageMagick", needs: []string{needsMagick}},
	{name: "restore", work: "restore of %s files of 1 MB from an S3 server here", assets: 1_000, atLeast: true, limit: 0.8, unit: "x the speed of GETs alone", needs: []string{needsGateway}},
	{name: "pull", work: "remote pull of %s files of 1 MB from it", assets: 1_000, atLeast: true, limit: 0.8, unit: "x the speed of GETs alone", needs: []string{needsGateway}},
	{name: "push", work: "remote push of %s files of 1 MB to it", assets: 1_000, atLeast: true, limit: 0.8, unit: "x the speed of PUTs alone", needs: []string{needsGateway}},
	{name: "build", work: "build for the README's first command, nothing cached", limit: 1, unit: "x the older build", needs: []string{needsFull, needsRevision}},
}

// The other tables, by the names that --rows is compared with.
const (
	growth      = "growth"
	systemCalls = "system-calls"
)

// A result is what came of a row.
type result struct {
	reached float64
	beside  string
}

// table is a heading and rows of cells, the first of which is its head.
type table struct {
	title string
	cells [][]string
}

// judged is the table of the rows that were asked for.
func (b *bench) judged() table {
	t := table{cells: [][]string{{"work", "to reach", "reached", "", "beside"}}}
	for _, r := range reach {
		if !b.wanted(r.name) {
			continue
		}
		work, sign := r.work, "<="
		if r.assets > 0 {
			work = fmt.Sprintf(r.work, thousands(b.scaled(r.assets)))
		}
		if r.atLeast {
			sign = ">="
		}
		limit := fmt.Sprintf("%s %g %s", sign, r.limit, r.unit)
		if missing := b.missing(r); len(missing) > 0 {
			t.cells = append(t.cells, []string{work, limit, "", "", "not measured: " + strings.Join(missing, ", ")})
			continue
		}
		got := b.results[r.name]
		unit, _, _ := strings.Cut(r.unit, " ")
		t.cells = append(t.cells, []string{work, limit, figure(got.reached) + " " + unit, b.verdict(r, got.reached), got.beside})
	}
	return t
}

// verdict tells whether a row reaches what it is to. A quick run is too small
// to tell.
func (b *bench) verdict(r row, reached float64) string {
	switch {
	case b.quick:
		return "-"
	case r.atLeast == (reached >= r.limit) || reached == r.limit:
		return "yes"
	}
	return "no"
}

// figure has three digits that count.
func figure(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// print writes a table for a terminal or as Markdown.
func (t table) print(w io.Writer, markdown bool) error {
	if t.title != "" {
		fmt.Fprintf(w, "\n%s\n", t.title)
	}
	fmt.Fprintln(w)
	if !markdown {
		tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, line := range t.cells {
			fmt.Fprintln(tw, strings.Join(line, "\t"))
		}
		return tw.Flush()
	}
	for i, line := range t.cells {
		if _, err := fmt.Fprintf(w, "| %s |\n", strings.Join(line, " | ")); err != nil {
			return err
		}
		if i == 0 {
			fmt.Fprintf(w, "|%s\n", strings.Repeat("---|", len(line)))
		}
	}
	return nil
}

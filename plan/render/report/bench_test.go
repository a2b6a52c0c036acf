package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"assetform/apply/engine/all"
	"assetform/plan"
	"assetform/plan/render/report"
)

// BenchmarkReport makes a report of changed pairs, and makes it again.
func BenchmarkReport(b *testing.B) {
	const pairs = 4
	var r report.Report
	for i := range pairs {
		r.Changes = append(r.Changes, report.Change{
			Address: fmt.Sprintf("image.a%d", i), Did: plan.Generated,
			Before: version(pngOf(b, picture(1344, 768, 2*i)), "before"), After: version(pngOf(b, picture(1344, 768, 2*i+1)), "after"),
		})
	}
	run := func(b *testing.B, old map[string][]byte) (files map[string][]byte) {
		b.ReportAllocs()
		for b.Loop() {
			s := &shelf{old: old}
			if err := report.Write(b.Context(), r, s); err != nil {
				b.Fatal(err)
			}
			thumbs := 0
			for name, content := range s.files {
				if strings.HasPrefix(name, "thumb/") && bytes.HasPrefix(content, []byte("\xff\xd8\xff")) {
					thumbs++
				}
			}
			if thumbs != 2*pairs {
				b.Fatalf("there are %d thumbnails", thumbs)
			}
			files = s.files
		}
		return files
	}
	var first map[string][]byte
	b.Run("first", func(b *testing.B) { first = run(b, nil) })
	b.Run("again", func(b *testing.B) { run(b, first) })
}

// BenchmarkPages makes a report again of 1,000 changed assets with four
// candidates each: no content is opened, and the pages are what it writes.
func BenchmarkPages(b *testing.B) {
	r := manyCandidates(b, 1000)
	first := &memory{}
	if err := report.Write(b.Context(), r, first); err != nil {
		b.Fatal(err)
	}
	var opened atomic.Int64
	countOpens(r, &opened)
	index := first.files[report.Index]
	if n := bytes.Count(index, []byte("data-item")); n != 1000 {
		b.Fatalf("the first page has %d assets", n)
	}
	b.ReportAllocs()
	for b.Loop() {
		s := &shelf{old: first.files}
		if err := report.Write(b.Context(), r, s); err != nil {
			b.Fatal(err)
		}
		if !bytes.Equal(s.files[report.Index], index) || opened.Load() > 0 {
			b.Fatalf("the first page is another, or of %d contents that an earlier report has some were opened", opened.Load())
		}
	}
	b.ReportMetric(float64(len(index)), "index-B")
}

// manyCandidates is a report of changed assets, each with four candidates.
func manyCandidates(t testing.TB, n int) report.Report {
	tile := pngOf(t, picture(48, 32, 1))
	content := func(i, k int) []byte { return fmt.Appendf(tile[:len(tile):len(tile)], "%d of %d", k, i) }
	r := report.Report{Project: "many", Base: "main", Now: "the work tree", Engines: all.Registry()}
	for i := range n {
		prompt := fmt.Sprintf("Tile number %d of a great floor, painterly, with moss between the stones", i)
		r.Changes = append(r.Changes, report.Change{
			Address: fmt.Sprintf("module.floor.image.tile[%d]", i), Did: plan.Generated,
			Before: version(content(i, 0), prompt), After: chosen(0, prompt, content(i, 1), content(i, 2), content(i, 3), content(i, 4)),
		})
	}
	return r
}

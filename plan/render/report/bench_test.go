package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"assetform/plan/render/report"
)

// BenchmarkReport makes a report of changed pairs, and makes it again.
func BenchmarkReport(b *testing.B) {
	const pairs = 4
	var r report.Report
	for i := range pairs {
		r.Changes = append(r.Changes, report.Change{
			Address: fmt.Sprintf("image.a%d", i), Action: report.Changed,
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

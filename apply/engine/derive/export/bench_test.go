package export_test

import (
	"fmt"
	"strings"
	"testing"

	"assetform/apply/engine/derive/export"
)

// BenchmarkRender writes a large project.
func BenchmarkRender(b *testing.B) {
	var records []export.Record
	for i := range 10_000 {
		r := sample()[0]
		r.Address, r.Name, r.Key, r.Keyed = fmt.Sprintf(`image.icon["k%d"]`, i), "icon", fmt.Sprintf("k%d", i), true
		records = append(records, r)
	}
	atlas := units()
	for i := range 10_000 {
		atlas.Frames[fmt.Sprintf("frame%d", i)] = frame(i, i, 9, 9)
	}
	for _, format := range export.Formats() {
		records := records
		if strings.HasPrefix(format, "texturepacker") {
			records = []export.Record{atlas}
		}
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if out := render(b, format, records, settings()); len(out) < 40*10_000 {
					b.Fatal("too little was written")
				}
			}
		})
	}
}

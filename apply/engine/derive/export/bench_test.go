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
	for _, format := range export.Formats() {
		if strings.HasPrefix(format, "texturepacker") {
			continue
		}
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if out := render(b, format, records, settings()); len(out) < 40*len(records) {
					b.Fatal("too little was written")
				}
			}
		})
	}
}

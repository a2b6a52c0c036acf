package apply

import (
	"fmt"
	"testing"

	"assetform/plan"
)

// BenchmarkApply applies images with a server that answers at once. The time
// of one asset must not grow with their number.
func BenchmarkApply(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				api := newFakeAPI()
				bytes := picture("one for all")
				api.onGet = func(int, string) ([]byte, error) { return bytes, nil }
				p := newProject(b, api, "provider \"local\" {}\n"+images(n)[len(paidProvider):])
				s := p.open()
				pl := s.plan(plan.Options{})
				o := s.options(pl)
				b.StartTimer()
				sum, diags := Run(b.Context(), o)
				b.StopTimer()
				if sum.ExitCode != ExitDone || sum.Done[plan.Create] != n || api.posts != n {
					b.Fatalf("%+v after %d posts\n%v", sum, api.posts, diags)
				}
				if got := len(p.lock().Assets); got != n {
					b.Fatalf("%d entries in the lock", got)
				}
				s.journal.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/asset")
		})
	}
}

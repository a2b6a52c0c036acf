package lockfile

import (
	"fmt"
	"strings"
	"testing"
)

// lockOfSize returns a lock as a large project has it: prompts of a usual
// length, a third of the assets with references, some videos.
func lockOfSize(n int) *Lock {
	l := New()
	for i := range n {
		h := HashBytes(fmt.Append(nil, i))
		e := Entry{
			Output: fmt.Sprintf("art/icons/item-%05d.png", i), Provider: "imaginator", Method: "generate_image",
			Inputs: Inputs{
				"aspect_ratio": Text("square"), "model": Text("nano_banana_pro"), "seed": Int(int64(i)),
				"prompt": Text(strings.Repeat("A worn knight's \"sword\" in warm rim light, ", 4)),
			},
			InputsHash: InputsHash(h), ContentHash: HashBytes(h[:]), MediaType: "image/png",
			Bytes: 812331, Width: 1024, Height: 1024, Cost: Cost{"image_credits": 2}, TaskID: fmt.Sprint(i),
		}
		address := fmt.Sprintf("image.icon[\"item-%05d\"]", i)
		if i%3 == 0 {
			e.Inputs["references"] = Strings([]string{h.String(), e.ContentHash.String()})
		}
		if i%10 == 0 {
			address = fmt.Sprintf("video.idle[\"item-%05d\"]", i)
			e.Cost, e.Duration = Cost{"videos": 1}, 8
			e.Output = fmt.Sprintf("video/item-%05d.mp4", i)
		}
		l.Assets[address] = e
	}
	return l
}

func BenchmarkParse(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		text := lockOfSize(n).Encode()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				l, err := Parse("x", ".", text)
				if err != nil || len(l.Assets) != n {
					b.Fatalf("read %d entries, error %v", len(l.Assets), err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		l := lockOfSize(n)
		size := len(l.Encode())
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(size))
			for b.Loop() {
				if text := l.Encode(); len(text) != size {
					b.Fatalf("wrote %d bytes, want %d", len(text), size)
				}
			}
		})
	}
}

func BenchmarkMerge(b *testing.B) {
	base, ours := lockOfSize(10_000), lockOfSize(10_000)
	for address, e := range ours.Assets {
		e.Bytes++
		ours.Assets[address] = e
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, result := Merge(base, ours, base, nil); len(result.Decisions) != 10_000 {
			b.Fatalf("made %d decisions", len(result.Decisions))
		}
	}
}

// A lock of n entries is read with few allocations each, however long its
// texts are: they are parts of the file's text.
func TestParseAllocatesLittle(t *testing.T) {
	const n = 1_000
	text := lockOfSize(n).Encode()
	got := testing.AllocsPerRun(5, func() {
		if _, err := Parse("x", ".", text); err != nil {
			t.Fatal(err)
		}
	})
	if got > 8*n {
		t.Errorf("reading %d entries takes %.0f allocations", n, got)
	}
}

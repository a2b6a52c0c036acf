package marks

import (
	"bytes"
	"testing"
)

// FuzzRead holds that no file makes Read panic, loop or fail, or hold a packet
// that is larger than what is read.
func FuzzRead(f *testing.F) {
	packet, small := xmpOf(f, Want{Trained, "a", "b"}), store(20)
	f.Add(insert(encoded(f, "image/png", drawn(3, 2, 255)), pngHead, pngText(packet), pngChunk("caBX", small)))
	f.Add(insert(encoded(f, "image/jpeg", drawn(3, 2, 255)), 2, jpegText(packet), jumbfSegments(small, 1, 50)))
	f.Add(withChunk(withChunk(encoded(f, "image/webp", drawn(3, 2, 100)), "C2PA", small), "XMP ", packet))
	f.Add(bytes.Join([][]byte{box("ftyp", []byte("isom\x00\x00\x00\x00")), manifestBox("manifest", small), box("moov", box("udta", box("XMP_", packet))), small}, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		m := read(t, b)
		if len(m.XMP) > maxPacket || len(m.SourceType) > 64 || m.XMP == nil && m.SourceType+m.Credit+m.Rights != "" {
			t.Errorf("%+v", m)
		}
		if m.C2PA && !bytes.Contains(b, []byte("c2pa"+isoType)) {
			t.Error("a manifest that is none")
		}
	})
}

// FuzzPatch holds what is so of every patched packet: it is XML, says what is
// wanted and all it said, and is not changed again.
func FuzzPatch(f *testing.F) {
	for _, in := range packets {
		f.Add([]byte(in), "a", "b")
	}
	f.Fuzz(func(t *testing.T, in []byte, credit, rights string) {
		want := Want{Algorithmic, credit, rights}
		out, err := Patch(in, want)
		if err != nil {
			if want.check() == nil && len(in) < 1<<18 {
				t.Errorf("refused: %v", err)
			}
			return
		}
		checkPatched(t, in, out, want)
	})
}

func BenchmarkRead(b *testing.B) {
	packet, small := xmpOf(b, Want{Trained, "a", "b"}), store(20_000)
	file := insert(encoded(b, "image/png", drawn(1024, 1024, 255)), pngHead, pngText(packet), pngChunk("caBX", small))
	b.ReportAllocs()
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if m := read(b, file); !m.C2PA || m.SourceType != Trained {
			b.Fatal(m)
		}
	}
}

func BenchmarkPatch(b *testing.B) {
	in := []byte(packets["foreign"])
	b.ReportAllocs()
	for b.Loop() {
		if out, err := Patch(in, all); err != nil || len(out) <= len(in) {
			b.Fatal(err)
		}
	}
}

func BenchmarkEmbed(b *testing.B) {
	packet := xmpOf(b, Want{Trained, "a", "b"})
	for _, mediaType := range []string{"image/png", "image/jpeg", "image/webp"} {
		file := encoded(b, mediaType, drawn(1024, 1024, 255))
		b.Run(mediaType, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				if out := embedded(b, file, packet, len(file)); len(out) <= len(file)+len(packet) {
					b.Fatal(len(out))
				}
			}
		})
	}
}

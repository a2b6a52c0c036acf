package derive

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"assetform/apply/engine/derive/raster"
	"assetform/apply/media"
	"assetform/apply/media/marks"
)

// marked writes a picture with the marks that it has of its sources, and what is
// to be claimed of it.
func (j *Job) marked(sources []*Source, found []marks.Marks, e raster.Encoding, dst io.Writer, r *Result, encode func(io.Writer) error) error {
	var lost []string
	for i, m := range found {
		if m.C2PA {
			r.Marks.C2PA = marks.Lost
			lost = append(lost, sources[i].Path)
		}
		if m.Unreadable {
			r.Warnings = append(r.Warnings, sources[i].Path+": its XMP is damaged, so that nobody can tell what it says, and is left out")
		}
	}
	if len(lost) > 0 {
		r.Lost = lostBy(lost)
	}
	if e.Format == raster.GIF || e.Format == raster.ICO {
		return encode(dst) // they have no place for marks
	}
	packet, err := j.packet(sources, found)
	if err != nil {
		return errMarks(err)
	}
	r.Marks.SourceType = marks.OfPacket(packet).SourceType
	return marks.Embed(dst, packet, encode)
}

func lostBy(paths []string) string {
	const most = 3
	more := ""
	if n := len(paths) - most; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("The manifest of C2PA of %s%s is lost, since the picture is encoded anew. An output in the format that was delivered, without changes, keeps it",
		strings.Join(paths[:min(len(paths), most)], ", "), more)
}

// packet is the XMP of a result: its one source's, or a new one for many, with
// what is claimed. What is claimed of sources that say nothing is what they were
// made by.
func (j *Job) packet(sources []*Source, found []marks.Marks) ([]byte, error) {
	origins := make([]Origin, len(sources))
	for i, s := range sources {
		origins[i] = s.Made
		if found[i].SourceType != "" {
			origins[i] = originOf(found[i].SourceType)
		}
	}
	want := marks.Want{SourceType: Together(origins...).term()}
	var xmp []byte
	if len(sources) == 1 {
		xmp = marks.Carried(found[0].XMP)
	} else {
		want.Credit = same(found, func(m marks.Marks) string { return m.Credit })
		want.Rights = same(found, func(m marks.Marks) string { return m.Rights })
	}
	if generated(sources) {
		if j.Credit != "" {
			want.Credit = j.Credit
		}
		if j.Rights != "" {
			want.Rights = j.Rights
		}
	}
	return marks.Patch(xmp, want)
}

// generated reports whether any of the sources is.
func generated(sources []*Source) bool {
	for _, s := range sources {
		if s.Made != Person {
			return true
		}
	}
	return false
}

// same is what all say, or nothing.
func same(found []marks.Marks, of func(marks.Marks) string) string {
	for _, m := range found[1:] {
		if of(m) != of(found[0]) {
			return ""
		}
	}
	return of(found[0])
}

// copied writes a picture with its pixels as they are encoded. It is looked
// through to its last pixel all the same.
func (m *Maker) copied(ctx context.Context, j *Job, s *Source, l *look, dst io.Writer, r *Result) error {
	c := &claim{beside: min(s.Size, maxInMemory) + l.decoding}
	if err := m.memory.take(ctx, c); err != nil {
		return err
	}
	defer m.memory.give(c)
	content, err := whole(ctx, s)
	if err != nil {
		return inFile(s, err)
	}
	defer content.Close()
	in := reader{ctx, content}
	f, err := openPicture(in, s.Size)
	if err == nil {
		err = f.Verify()
	}
	if err == nil {
		err = j.rewritten(s, in, dst, r)
	}
	if err != nil {
		return inFile(s, err)
	}
	return nil
}

// rewritten writes a file byte for byte where it says what a result says and
// nothing that one leaves out; else its pixels alone, with the marks of a result
// and without all else. A manifest is a mark too, which only all of its bytes
// keep.
func (j *Job) rewritten(s *Source, in io.ReaderAt, dst io.Writer, r *Result) error {
	found, err := marks.Read(in, s.Size)
	if err != nil {
		return err
	}
	bare, err := media.BareOf(in, s.Size)
	if err != nil {
		return err
	}
	packet, err := j.packet([]*Source{s}, []marks.Marks{found})
	if err != nil {
		return errMarks(err)
	}
	private := bare.Private || marks.IsPrivate(found.XMP)
	if !private && (found.C2PA || bytes.Equal(packet, found.XMP)) {
		r.Marks = marks.EntryOf(found)
		_, err := io.Copy(dst, io.NewSectionReader(in, 0, s.Size))
		return err
	}
	if r.Marks.SourceType = marks.OfPacket(packet).SourceType; found.C2PA {
		r.Marks.C2PA = marks.Lost
		r.Lost = fmt.Sprintf("The manifest of C2PA of %s is lost, since it was made for all of the file, and what that says of a place or a device is left out", s.Path)
	}
	return marks.Embed(dst, packet, bare.Encode)
}

func errMarks(err error) error { return fmt.Errorf("write marks of provenance: %w", err) }

package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"assetform/config/format"
	"assetform/lockfile"
)

// maxCounted is how many pixels a picture may have whose rows are held while
// those of the other side come: 33 MB for each processor.
const maxCounted = 3840 * 2160

// shareVersion is in the names of what is kept of a pair; it goes up when the
// same contents would give other shares.
const shareVersion = 1

// levels are the differences, of 255, above which pixels are counted. The
// script of the viewer has the same.
var levels = [...]int{0, 1, 2, 4, 8, 16, 32, 64, 128}

// uncounted is what is kept of a pair whose pixels are not compared: their
// sizes differ, or they are too large, or no pictures that package picture
// reads.
const uncounted = "-"

// sharesForm is what a file of shares holds, if it is no uncounted.
var sharesForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(fmt.Sprintf(`^[<>]?[0-9.]{1,4}( [<>]?[0-9.]{1,4}){%d}$`, len(levels)-1))
})

// pair are both contents of a change. While they are decoded for their
// thumbnails, their pixels are compared, which costs the time of no second
// decoding. What comes of it is kept in a file, by which a later report of the
// same pair decodes nothing.
type pair struct {
	before, after *medium
	width, height int      // of the side that comes first
	rows          []uint8  // of that side
	compared      int      // pixels
	counts        [256]int // of the pixels that differ by so much
}

// writer is a content, or the pair of both contents of a change.
type writer interface{ write(Files) error }

// writers write each content once: in pairs those of changed pictures, of
// which each is in no other pair before, and by themselves the others.
func writers(changes []Change, media map[lockfile.ContentHash]*medium, todo []*medium) []writer {
	var all []writer
	taken := map[*medium]bool{}
	for i := range changes {
		c := &changes[i]
		if c.Before == nil || c.After == nil || c.Video() || format.Textual(string(c.kind())) {
			continue
		}
		before, after := media[c.Before.Hash], media[c.After.Hash]
		if before == after || taken[before] || taken[after] || before.content.Open == nil || after.content.Open == nil {
			continue
		}
		taken[before], taken[after] = true, true
		all = append(all, &pair{before: before, after: after})
	}
	for _, m := range todo {
		if !taken[m] {
			all = append(all, m)
		}
	}
	return all
}

// file is the name of what is kept of a pair, whichever of both came first.
func (p *pair) file() string {
	a, b := p.before.content.Hash, p.after.content.Hash
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	sum := sha256.Sum256(append(a[:], b[:]...))
	return fmt.Sprintf("thumb/%s-%d.txt", hex.EncodeToString(sum[:]), shareVersion)
}

// write writes both contents, and what their pixels have in common.
func (p *pair) write(files Files) error {
	name := p.file()
	shares := ""
	if b, ok := files.Read(name); ok && (string(b) == uncounted || sharesForm().Match(b)) {
		shares = string(b)
	} else {
		p.before.again, p.after.again = true, true
		p.before.rows, p.after.rows = p.hold, p.compare
	}
	if err := p.before.write(files); err != nil {
		return err
	}
	if err := p.after.write(files); err != nil {
		return err
	}
	p.before.rows, p.after.rows, p.rows, p.before.again, p.after.again = nil, nil, nil, false, false
	if shares == "" {
		shares = p.shares()
		if err := files.Write(name, func(w io.Writer) error {
			_, err := io.WriteString(w, shares)
			return err
		}); err != nil {
			return err
		}
	}
	if shares != uncounted {
		p.before.shares = map[lockfile.ContentHash]string{p.after.content.Hash: shares}
		p.after.shares = map[lockfile.ContentHash]string{p.before.content.Hash: shares}
	}
	return nil
}

// hold takes the rows of the first side.
func (p *pair) hold(width, height int) func(row []uint8) {
	if p.width, p.height = width, height; width*height > maxCounted {
		return func([]uint8) {}
	}
	p.rows = make([]uint8, 0, 4*width*height)
	return func(row []uint8) { p.rows = append(p.rows, row...) }
}

// compare takes the rows of the second side. Colours are multiplied by alpha,
// so the rows are the picture on black. The same on white has what is
// transparent added to it; the larger difference counts, as black differs from
// nothing.
func (p *pair) compare(width, height int) func(row []uint8) {
	rest := p.rows
	if width != p.width || height != p.height {
		rest = nil
	}
	return func(row []uint8) {
		if len(rest) < len(row) {
			return
		}
		other := rest[:len(row)]
		rest = rest[len(row):]
		p.compared += width
		if bytes.Equal(row, other) {
			p.counts[0] += width
			return
		}
		for x := 0; x+4 <= len(row); x += 4 {
			a, b := row[x:x+4:x+4], other[x:x+4:x+4]
			alpha, most := int(a[3])-int(b[3]), 0
			for c := range 3 {
				black := int(a[c]) - int(b[c])
				white := black - alpha
				most = max(most, black, -black, white, -white)
			}
			p.counts[min(most, 255)]++
		}
	}
}

// shares are the percentages of pixels that differ, for each of levels.
func (p *pair) shares() string {
	if p.compared == 0 || p.compared != p.width*p.height || p.before.Problem != "" || p.after.Problem != "" {
		return uncounted
	}
	texts := make([]string, len(levels))
	for i, level := range levels {
		n := 0
		for _, count := range p.counts[level+1:] {
			n += count
		}
		texts[i] = percent(n, p.compared)
	}
	return strings.Join(texts, " ")
}

// percent never calls what is not none none, nor what is not all all.
func percent(n, all int) string {
	tenths := (2000*n + all) / (2 * all)
	switch {
	case n == 0 || n == all:
		return fmt.Sprint(100 * n / all)
	case tenths == 0:
		return "<0.1"
	case tenths == 1000:
		return ">99.9"
	}
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}

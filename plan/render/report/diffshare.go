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

// comparison is what an asset was, and what it may be compared with: what it is
// now, and its candidates. While they are decoded for their thumbnails, their
// pixels are compared, which costs the time of no second decoding. What comes of
// it is kept in a file for each pair, by which a later report decodes nothing.
type comparison struct {
	before        *medium
	others        []*medium
	width, height int     // of what was
	rows          []uint8 // of it
}

// pair is one of others against what was.
type pair struct {
	*comparison
	other    *medium
	compared int      // pixels
	counts   [256]int // of the pixels that differ by so much
}

// writer is a content, or those of a change.
type writer interface{ write(Files) error }

// writers write each content once: with what they are compared with those of
// changed pictures, of which each is in no other comparison before, and by
// themselves the others.
func writers(changes []Change, media map[lockfile.ContentHash]*medium, todo []*medium) []writer {
	var all []writer
	taken := map[*medium]bool{}
	for i := range changes {
		c := &changes[i]
		if c.Before == nil || c.After == nil || c.Video() || format.Textual(string(c.kind())) {
			continue
		}
		before, after := media[c.Before.Hash], media[c.After.Hash]
		if taken[before] || before.content.Open == nil {
			continue
		}
		taken[before] = true
		compare := &comparison{before: before}
		add := func(m *medium) {
			if m != nil && !taken[m] && m.content.Open != nil {
				taken[m] = true
				compare.others = append(compare.others, m)
			}
		}
		add(after)
		for k := range c.After.Candidates {
			add(media[c.After.Candidates[k].Hash])
		}
		if len(compare.others) == 0 {
			delete(taken, before)
			continue
		}
		all = append(all, compare)
	}
	for _, m := range todo {
		if !taken[m] {
			all = append(all, m)
		}
	}
	return all
}

// shareFile is the name of what is kept of a pair, whichever of both came first.
func shareFile(one, other *medium) string {
	a, b := one.content.Hash, other.content.Hash
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	sum := sha256.Sum256(append(a[:], b[:]...))
	return fmt.Sprintf("thumb/%s-%d.txt", hex.EncodeToString(sum[:]), shareVersion)
}

// write writes all contents, and what the pixels of each have in common with
// those of what was.
func (c *comparison) write(files Files) error {
	shares := make([]string, len(c.others))
	for i, m := range c.others {
		if b, ok := files.Read(shareFile(c.before, m)); ok && (string(b) == uncounted || sharesForm().Match(b)) {
			shares[i] = string(b)
		} else {
			c.before.again, c.before.rows = true, c.hold
		}
	}
	if err := c.before.write(files); err != nil {
		return err
	}
	c.before.again, c.before.rows = false, nil
	for i, m := range c.others {
		var err error
		if shares[i] != "" {
			err = m.write(files)
		} else {
			shares[i], err = (&pair{comparison: c, other: m}).write(files)
		}
		if err != nil {
			return err
		}
		if shares[i] != uncounted {
			c.before.share(m, shares[i])
			m.share(c.before, shares[i])
		}
	}
	c.rows = nil
	return nil
}

// share notes how many pixels differ from those of another content.
func (m *medium) share(other *medium, shares string) {
	if m.shares == nil {
		m.shares = map[lockfile.ContentHash]string{}
	}
	m.shares[other.content.Hash] = shares
}

// write writes the other content and counts.
func (p *pair) write(files Files) (string, error) {
	p.other.again, p.other.rows = true, p.compare
	if err := p.other.write(files); err != nil {
		return "", err
	}
	p.other.again, p.other.rows = false, nil
	shares := p.shares()
	return shares, files.Write(shareFile(p.before, p.other), func(w io.Writer) error {
		_, err := io.WriteString(w, shares)
		return err
	})
}

// hold takes the rows of what was.
func (c *comparison) hold(width, height int) func(row []uint8) {
	if c.width, c.height = width, height; width*height > maxCounted {
		return func([]uint8) {}
	}
	c.rows = make([]uint8, 0, 4*width*height)
	return func(row []uint8) { c.rows = append(c.rows, row...) }
}

// compare takes the rows of the other side. Colours are multiplied by alpha,
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
	if p.compared == 0 || p.compared != p.width*p.height || p.before.Problem != "" || p.other.Problem != "" {
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

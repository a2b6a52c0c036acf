package syntax

import (
	"bytes"
	"runtime"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// chunkBytes is the length after which a chunk ends at the next opportunity.
// It is so short that a chunk of usual blocks has too few brackets and
// operators to nest deeply, which spares it CheckNesting's own tokens.
const chunkBytes = 4 << 10

// parseNative parses source in native syntax.
//
// HCL cuts a file into tokens before it parses, and tokens take a hundred
// times the memory of the text: 100 MB for 5,000 blocks. So the file is parsed
// in chunks, each from one top-level block's end to another's, on all
// processors. Where a chunk ends is a guess, a line that is nothing but a
// closing brace, and such a line may also stand in a heredoc or a comment.
// But a chunk that was cut there has an error, because the heredoc, comment
// or block is not ended; and where every chunk is right by itself, the whole
// is their concatenation, since the scanner is at the top level at each
// boundary. So at the slightest error the file is parsed again as a whole.
// Within a chunk HCL reads only the blocks that are not plain.
func parseNative(shown string, src []byte) (*hcl.File, hcl.Diagnostics) {
	if file := parseChunks(shown, src, splitChunks(src)); file != nil {
		return file, nil
	}
	if diags := CheckNesting(shown, src); diags != nil {
		return nil, diags
	}
	return hclsyntax.ParseConfig(src, shown, hcl.InitialPos)
}

// chunk is a piece of a file that begins at the start of a line.
type chunk struct {
	start hcl.Pos
	src   []byte
}

// splitChunks cuts source behind lines that are only a closing brace.
func splitChunks(src []byte) []chunk {
	var chunks []chunk
	start, line := hcl.InitialPos, 1
	for at := 0; at < len(src); {
		end := len(src)
		if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		brace := src[at] == '}' && len(bytes.TrimRight(src[at+1:end], "\r\n")) == 0
		at = end
		line++
		if at == len(src) || brace && at-start.Byte >= chunkBytes {
			chunks = append(chunks, chunk{start: start, src: src[start.Byte:at]})
			start = hcl.Pos{Line: line, Column: 1, Byte: at}
		}
	}
	return chunks
}

// parseChunks parses chunks and joins them. It returns nil unless each is
// free of errors by itself.
func parseChunks(shown string, src []byte, chunks []chunk) *hcl.File {
	bodies := make([]*hclsyntax.Body, len(chunks))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(chunks)) {
		wg.Go(func() {
			for i := range next {
				bodies[i] = chunks[i].parse(shown)
			}
		})
	}
	for i := range chunks {
		next <- i
	}
	close(next)
	wg.Wait()
	n := 0
	for _, body := range bodies {
		if body == nil {
			return nil
		}
		n += len(body.Blocks)
	}
	whole := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, Blocks: make(hclsyntax.Blocks, 0, n)}
	for _, body := range bodies {
		whole.Blocks = append(whole.Blocks, body.Blocks...)
		whole.EndRange = body.EndRange
	}
	blanks := len(src) - len(bytes.TrimLeft(src, " \t"))
	whole.SrcRange = hcl.Range{Filename: shown, Start: hcl.Pos{Line: 1, Column: 1 + blanks, Byte: blanks}, End: whole.EndRange.End}
	if len(chunks) > 1 {
		return &hcl.File{Body: whole, Bytes: src}
	}
	return small(src, whole)
}

// small is the file of one chunk, as HCL makes it: with what tells the block
// that stands around a place.
func small(src []byte, body *hclsyntax.Body) *hcl.File {
	file, _ := hclsyntax.ParseConfig(nil, body.SrcRange.Filename, hcl.InitialPos)
	*file.Body.(*hclsyntax.Body) = *body
	file.Bytes = src
	return file
}

// parse returns the body of a chunk, or nil when anything is wrong with it.
func (c chunk) parse(shown string) *hclsyntax.Body {
	p := &plain{shown: shown, src: string(c.src), first: c.start, place: place{line: c.start.Line}}
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, Blocks: hclsyntax.Blocks{}}
	for p.emptyLines(); p.at < len(c.src); p.emptyLines() {
		before := p.place
		if block := p.block(0); block != nil {
			body.Blocks = append(body.Blocks, block)
			continue
		}
		p.place = before
		blocks := p.others()
		if blocks == nil {
			return nil
		}
		body.Blocks = append(body.Blocks, blocks...)
	}
	body.EndRange = p.since(p.pos())
	return body
}

// others has HCL read the block that begins on this line, or all that are left
// if it does not end where it seems to. Attributes have no place at the top
// level, so where any stands something is wrong.
func (p *plain) others() hclsyntax.Blocks {
	left := p.src[p.at:]
	for _, src := range []string{left[:endOfBlock(left)], left} {
		misplaced := strings.HasPrefix(src, "\ufeff") && p.first.Byte+p.at > 0 // HCL passes over a byte order mark
		if misplaced || CheckNesting(p.shown, []byte(src)) != nil {
			return nil
		}
		file, diags := hclsyntax.ParseConfig([]byte(src), p.shown, p.pos())
		body := file.Body.(*hclsyntax.Body)
		if len(diags) == 0 && len(body.Attributes) == 0 {
			end := body.EndRange.End
			p.place = place{at: p.at + len(src), line: end.Line, bol: p.at + len(src) + 1 - end.Column}
			return body.Blocks
		}
	}
	return nil
}

// endOfBlock is where a line ends that is nothing but a closing brace.
func endOfBlock(src string) int {
	if i := strings.Index(src, "\n}\n"); i >= 0 {
		return i + len("\n}\n")
	}
	return len(src)
}

package syntax

import (
	"bytes"
	"runtime"
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
func parseNative(shown string, src []byte) (*hcl.File, hcl.Diagnostics) {
	chunks := splitChunks(src)
	if len(chunks) > 1 {
		if file := parseChunks(shown, src, chunks); file != nil {
			return file, nil
		}
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
	whole := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}}
	for _, body := range bodies {
		if body == nil {
			return nil
		}
		whole.Blocks = append(whole.Blocks, body.Blocks...)
		whole.EndRange = body.EndRange
	}
	whole.SrcRange = hcl.Range{Filename: shown, Start: hcl.InitialPos, End: whole.EndRange.End}
	return &hcl.File{Body: whole, Bytes: src}
}

// parse returns the body of a chunk, or nil when anything is wrong with it.
// Attributes have no place at the top level, so a chunk that has any is wrong.
func (c chunk) parse(shown string) *hclsyntax.Body {
	if CheckNesting(shown, c.src) != nil {
		return nil
	}
	file, diags := hclsyntax.ParseConfig(c.src, shown, c.start)
	if len(diags) > 0 {
		return nil
	}
	body := file.Body.(*hclsyntax.Body)
	if len(body.Attributes) > 0 {
		return nil
	}
	return body
}

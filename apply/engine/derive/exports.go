package derive

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"assetform/apply/engine/derive/export"
	"assetform/apply/engine/derive/export/template"
	"assetform/apply/engine/derive/thumbhash"

	"golang.org/x/sync/errgroup"
)

const (
	templateTime = 10 * time.Second
	maxTemplate  = 1 << 20 // bytes that are read of one; package template takes less
)

var errTemplateTime = fmt.Errorf("it runs for more than %v: make it shorter, or export fewer assets", templateTime)

// export makes one.
func (m *Maker) export(ctx context.Context, j *Job, dst io.Writer, r *Result) error {
	x, err := exportOf(j)
	if err != nil {
		return err
	}
	records := recordsOf(j)
	if x.thumbhash {
		if err := m.placeholders(ctx, j.of(inputAssets), records); err != nil {
			return err
		}
	}
	var content []byte
	if x.format != "" {
		content, err = export.Render(x.format, records, x.Settings)
	} else {
		content, err = executed(ctx, j.of(inputTemplate)[0], records, x.Settings)
	}
	if err != nil {
		return err
	}
	r.Unsigned = !export.IsGenerated(content[:min(len(content), export.HeadBytes)])
	_, err = dst.Write(content)
	return err
}

func recordsOf(j *Job) []export.Record {
	var records []export.Record
	for _, s := range j.of(inputAssets) {
		records = append(records, s.Record)
	}
	return records
}

// executed is what a template of the project writes.
func executed(ctx context.Context, s *Source, records []export.Record, settings export.Settings) ([]byte, error) {
	text, err := readText(ctx, s, maxTemplate)
	if err != nil {
		return nil, inFile(s, err)
	}
	t, err := template.Parse(s.Path, text) // its errors say the name
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, templateTime, errTemplateTime)
	defer cancel()
	return t.Execute(ctx, records, settings)
}

// placeholders gives records their thumbhashes. What is no picture that is read
// has none.
func (m *Maker) placeholders(ctx context.Context, sources []*Source, records []export.Record) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cap(m.slots))
	for i, s := range sources {
		if !s.read() {
			continue
		}
		g.Go(func() error {
			return m.slotted(ctx, func() error {
				hash, err := m.thumbhash(ctx, s)
				records[i].Thumbhash = hash
				return err
			})
		})
	}
	return g.Wait()
}

// thumbhash is that of a picture, in base64.
func (m *Maker) thumbhash(ctx context.Context, s *Source) (string, error) {
	m.mu.Lock()
	hash, ok := m.hashes[s.Hash]
	m.mu.Unlock()
	if ok {
		return hash, nil
	}
	l, err := m.lookAt(ctx, s)
	if err != nil {
		return "", inFile(s, err)
	}
	const small = 1 << 20
	err = m.with(ctx, s, s.Hash, weightOf(l.size()), l.decoding, small,
		func() (*picture, error) { return decode(ctx, s) },
		func(p *picture, _ func()) error {
			hash = base64.StdEncoding.EncodeToString(thumbhash.Of(p.pixels))
			return nil
		})
	if err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.hashes) >= maxLooks {
		clear(m.hashes)
	}
	m.hashes[s.Hash] = hash
	return hash, nil
}

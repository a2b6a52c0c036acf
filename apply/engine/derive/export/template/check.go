package template

import (
	"context"
	"strings"
	"time"

	"assetform/apply/engine/derive/export"
)

// checkTime is for how long a template is tried: what it says of some assets it
// has said by then.
const checkTime = time.Second

// Check tells what is wrong with a template whatever it is filled with: how it
// is written, what it calls, and fields that nothing has, where it comes to them
// with assets of every kind. What depends on the assets, Execute finds.
func Check(name string, source []byte) error {
	t, err := Parse(name, source)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkTime)
	defer cancel()
	_, err = t.Execute(ctx, every, export.Settings{})
	if err == nil || !always(err.Error()) {
		return nil
	}
	return err
}

// always tells that an error comes of what a template is, and not of which assets
// there are: a variable may be a text until the asset comes that it is for, so
// only a field that nothing of ours has counts.
func always(text string) bool {
	return strings.Contains(text, "wrong number of args") || strings.Contains(text, "can't evaluate field") && !strings.Contains(text, " in type ")
}

// every has an asset of each kind, with all that is told of one.
var every = []export.Record{
	sample("image", "image/png"),
	sample("video", "video/mp4"),
	sample("variant", "image/png"),
	sample("atlas", "image/png"),
}

func sample(kind, mediaType string) export.Record {
	r := export.Record{
		Address: kind + `.a["b"]`, Kind: kind, Name: "a", Key: "b", Keyed: true, Path: "art/" + kind, Type: mediaType,
		Width: 64, Height: 64, Bytes: 1000, Hash: "sha256:" + strings.Repeat("0", 64), Alt: "A picture", Thumbhash: strings.Repeat("A", 28),
		Modules: []export.Module{{Name: "m"}},
	}
	switch kind {
	case "video":
		r.Duration = 4
	case "atlas":
		r.Frames = map[string]export.Frame{"a": {W: 64, H: 64, SourceW: 64, SourceH: 64}}
	default:
		r.Srcset = []export.Source{{Path: "art/b.png", Type: mediaType, Width: 32, Height: 32}}
	}
	return r
}

package export

import (
	"fmt"
	"path"
)

// atlas is the one record of an export for programs that read one texture.
func (d *document) atlas(format string) (*Record, error) {
	if len(d.records) != 1 {
		return nil, fmt.Errorf("%s describes one atlas, and %d assets are exported", format, len(d.records))
	}
	r := &d.records[0]
	if r.Kind != "atlas" {
		return nil, fmt.Errorf("%s describes an atlas, and %s is none", format, r.Address)
	}
	return r, nil
}

// packed is the atlas with all that the format says of it.
func (d *document) packed(format string) (*Record, error) {
	r, err := d.atlas(format)
	if err == nil && (len(r.Frames) == 0 || r.Width == 0 || r.Height == 0) {
		return nil, fmt.Errorf("%s has no frames or no size", r.Address)
	}
	return r, err
}

func (d *document) texturePackerHash() ([]byte, error) {
	r, err := d.packed("texturepacker-hash")
	if err != nil {
		return nil, err
	}
	list := object()
	for _, name := range r.frameNames() {
		list.fields = append(list.fields, field{name, object(texturePackerFrame(r.Frames[name])...)})
	}
	return d.texturePacker(r, list), nil
}

func (d *document) texturePackerArray() ([]byte, error) {
	r, err := d.packed("texturepacker-array")
	if err != nil {
		return nil, err
	}
	list := value{shape: listShape}
	for _, name := range r.frameNames() {
		fields := append([]field{{"filename", text(name)}}, texturePackerFrame(r.Frames[name])...)
		list.items = append(list.items, object(fields...))
	}
	return d.texturePacker(r, list), nil
}

func texturePackerFrame(f Frame) []field {
	truth := func(v bool) value {
		if v {
			return value{shape: numberShape, text: "true"}
		}
		return value{shape: numberShape, text: "false"}
	}
	return []field{
		{"frame", line(rect(f.X, f.Y, f.W, f.H)...)},
		{"rotated", truth(false)},
		{"trimmed", truth(f.Trimmed)},
		{"spriteSourceSize", line(rect(f.OffsetX, f.OffsetY, f.W, f.H)...)},
		{"sourceSize", line(field{"w", number(f.SourceW)}, field{"h", number(f.SourceH)})},
	}
}

// texturePacker names the picture from where the file stands, as Pixi looks for
// it.
func (d *document) texturePacker(r *Record, list value) []byte {
	return asJSON(object(generatedBy(), field{"frames", list}, field{"meta", object(
		field{"app", text("assetform")},
		field{"version", text("1.0")},
		field{"image", text(relative(path.Dir(d.Root.of(d.Output)), d.Root.of(path.Join(d.Base, r.Path))))},
		field{"format", text("RGBA8888")},
		field{"size", line(field{"w", number(r.Width)}, field{"h", number(r.Height)})},
		field{"scale", text("1")},
	)}))
}

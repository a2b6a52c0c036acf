package export_test

import (
	"strings"

	"assetform/apply/engine/derive/export"
)

// sample is a project as many are.
func sample() []export.Record {
	hash := "sha256:" + strings.Repeat("0123456789abcdef", 4)
	return []export.Record{
		{
			Address: "image.hero", Kind: "image", Name: "hero", Path: "public/art/hero.png", Type: "image/png",
			Width: 1344, Height: 768, Bytes: 812331, Hash: hash, Alt: "The hero at the gate", Thumbhash: "3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
			Srcset: []export.Source{
				{Path: "public/web/hero-320.webp", Type: "image/webp", Width: 320, Height: 183},
				{Path: "public/web/hero-640.webp", Type: "image/webp", Width: 640, Height: 366},
			},
		},
		{
			Address: `image.icon["sword"]`, Kind: "image", Name: "icon", Key: "sword", Keyed: true,
			Path: "public/art/icon sword.png", Type: "image/png", Width: 64, Height: 64, Bytes: 900, Hash: hash,
		},
		{
			Address: "image.frame[0]", Kind: "image", Name: "frame", Key: "0", Keyed: true,
			Path: "public/art/frame-0.png", Type: "image/png", Width: 64, Height: 64, Bytes: 900, Hash: hash,
		},
		{
			Address: "video.intro", Kind: "video", Name: "intro", Path: "public/intro.mp4", Type: "video/mp4",
			Width: 1280, Height: 720, Duration: 4, Bytes: 2000000, Hash: hash,
		},
		{
			Address: `module.ui["en"].variant.card["640"]`, Modules: []export.Module{{Name: "ui", Key: "en", Keyed: true}},
			Kind: "variant", Name: "card", Key: "640", Keyed: true, Path: "public/ui/card.webp", Type: "image/webp",
			Width: 640, Height: 480, Bytes: 12000, Hash: hash, Alt: "Eine Karte, größer",
		},
		units(),
	}
}

// units is an atlas of which one frame is trimmed.
func units() export.Record {
	return export.Record{
		Address: "atlas.units", Kind: "atlas", Name: "units", Path: "public/game/units.png", Type: "image/png",
		Width: 128, Height: 128, Bytes: 5000,
		Frames: map[string]export.Frame{
			"sword": frame(2, 2, 60, 64, 2, 0, 64, 64),
			"hero":  frame(66, 2, 32, 48),
		},
	}
}

func frame(numbers ...int) export.Frame {
	f, err := export.FrameOf(numbers)
	if err != nil {
		panic(err)
	}
	return f
}

func settings() export.Settings {
	return export.Settings{Output: "public/game/assets.gen", Base: "public"}
}

// nastyNames are keys that a person may write and a language may not like.
var nastyNames = []string{
	"", "1st", "2nd", "a b", "class", "__proto__", "constructor", "prototype", "toString", "Path", "address", "Frames", "srcset", "x", "source_w",
	"image", "nasty", "equals", "get_hash_code", "func", "type", "const", "extends", "null", "true", "NaN", "hero_2", "hero2", "-", "--c", "*/ }", "// b",
	`quo"te`, "apo's", `back\slash`, "${a}", "%{y}", "</script>", "<!--", "new\nline", "line\u2028sep", "tab\t", "bell\a", "größe", "剑", "盾",
	"🗡", "🛡", "\u202eevil", "e\u0301", "\ufeffbom", "{{.}}", "@media", "url(d)", "ǆ", "ß", "_lead", "ends_", "\U000e0041tag", "\x7f", "9", "#region", "\\",
}

// nasty has assets and frames of those names, one text of all sorts, and
// modules that are called as kinds are.
func nasty() []export.Record {
	const all = "\"'`\\ \\u0041 ${x} #{x} %s {{.}} */ /* // # <!-- </script> <?php ?> \r\n\t\v\a\x7f\u0085\u2028\u2029\u202e\ufeff é 剑 🗡 \U000e0041 end\\"
	list := []export.Record{
		{Address: "image.class", Kind: "image", Name: "class", Path: "a/" + all + ".png", Alt: all, Type: all, Hash: all, Thumbhash: all,
			Duration: 0.125, Srcset: []export.Source{{Path: all, Type: all, Width: 1, Height: 1}, {Path: "b", Type: all, Width: 1, Height: 2}, {Path: "c"}}},
		{Address: "module.image.image.image", Modules: []export.Module{{Name: "image"}}, Kind: "image", Name: "image", Path: "x.png"},
		{Address: "module.image.module.image.image.image", Modules: []export.Module{{Name: "image"}, {Name: "image"}}, Kind: "image", Name: "image", Path: "y.png"},
	}
	atlas := export.Record{Address: "atlas.all", Kind: "atlas", Name: "all", Path: "all.png", Width: 4096, Height: 4096, Frames: map[string]export.Frame{}}
	for i, name := range nastyNames {
		list = append(list, export.Record{
			Address: "image.nasty[" + name + "]", Kind: "image", Name: "nasty", Key: name, Keyed: true, Path: "nasty/" + name + "#?%.png", Width: i + 1, Bytes: 1 << 40,
		})
		atlas.Frames[name] = frame(i*4, 0, 4, 4)
	}
	return append(list, atlas)
}

func nastySettings() export.Settings {
	return export.Settings{Output: "out/file"}
}

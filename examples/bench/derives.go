package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"assetform/lockfile"

	"golang.org/x/image/webp"
)

// widths are those that each picture is made to.
var widths = []int{320, 640, 960}

// variants compares an apply that derives pictures of the project's own with
// ImageMagick, which does the same to the same files: it scales in linear light
// by the same kernel, and writes WebP of the same quality.
func (b *bench) variants(ctx context.Context) error {
	n := b.scaled(200)
	dir, err := os.MkdirTemp(b.tmp, "variants-")
	if err != nil {
		return err
	}
	ours, theirs := filepath.Join(dir, "ours"), filepath.Join(dir, "theirs")
	if err := cmp.Or(os.MkdirAll(filepath.Join(ours, "art"), 0o777), os.Mkdir(theirs, 0o777)); err != nil {
		return err
	}
	var script strings.Builder
	for i := range n {
		if err := writePhoto(filepath.Join(ours, "art", fmt.Sprintf("%d.png", i)), i); err != nil {
			return err
		}
		fmt.Fprintf(&script, "%s ../ours/art/%d.png -colorspace RGB -filter Catrom", magick(), i)
		for _, w := range widths {
			fmt.Fprintf(&script, ` '(' +clone -resize %d -colorspace sRGB -quality 90 -write web/%d-%d.webp +delete ')'`, w, i, w)
		}
		script.WriteString(" null:\n")
	}
	script.WriteString("echo all are made\n")
	text := fmt.Sprintf("locals {\n  widths = { for p in setproduct(range(%d), %s) : \"${p[0]}-${p[1]}\" => p }\n}\n\n", n, strings.ReplaceAll(fmt.Sprint(widths), " ", ", ")) +
		"variant \"photo\" {\n  for_each = local.widths\n  source   = \"art/${each.value[0]}.png\"\n  width    = each.value[1]\n  output   = \"web/${each.key}.webp\"\n}\n"
	if err := os.WriteFile(filepath.Join(ours, "main.asset.hcl"), []byte(text), 0o666); err != nil {
		return err
	}
	commands := []command{
		b.making(ours, n, b.tool, "apply", "--auto-approve"),
		b.making(theirs, n, "sh", "-e", "-c", script.String()),
	}
	commands[0].says, commands[1].says = fmt.Sprintf("Applied: %d ", n*len(widths)), "all are made"
	s, err := b.warm(ctx, b.heavy(), commands...)
	if err != nil {
		return err
	}
	b.results["variants"] = result{s[0].ratio(s[1]), s[0].beside(s[1])}
	return nil
}

// making is a command in a directory in which nothing was made yet, and looks
// afterwards whether all was.
func (b *bench) making(dir string, n int, args ...string) command {
	web := filepath.Join(dir, "web")
	return command{
		args: args, dir: dir, env: b.env,
		before: func(context.Context) error {
			return cmp.Or(os.RemoveAll(filepath.Join(dir, dataDir)), os.RemoveAll(filepath.Join(dir, lockfile.Filename)), os.RemoveAll(web), os.Mkdir(web, 0o777))
		},
		after: func(context.Context) error {
			for i := range n {
				for _, w := range widths {
					if err := hasWidth(filepath.Join(web, fmt.Sprintf("%d-%d.webp", i, w)), w); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
}

func hasWidth(name string, width int) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	c, err := webp.DecodeConfig(bufio.NewReader(f))
	if err == nil && c.Width != width {
		err = fmt.Errorf("it is %d wide, want %d", c.Width, width)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// magick is how ImageMagick is called here; "" where it is not.
func magick() string {
	for _, name := range []string{"magick", "convert"} {
		if has(name) {
			return name
		}
	}
	return ""
}

// writePhoto writes a picture as a service delivers it: soft shapes, edges and
// grain.
func writePhoto(name string, number int) error {
	m := image.NewNRGBA(image.Rectangle{Max: delivered})
	grain := uint32(number + 1)
	for y := range delivered.Y {
		for x := range delivered.X {
			grain = grain*1664525 + 1013904223
			dx, dy := x-delivered.X/2, y-delivered.Y/2+20*(number%10)
			ring := (dx*dx + dy*dy) / 30_000 % 2
			n := int(grain >> 29)
			m.SetNRGBA(x, y, color.NRGBA{uint8(x*200/delivered.X + n), uint8(y*200/delivered.Y + n), uint8(80 + 100*ring + n), 255})
		}
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return cmp.Or((&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, m), f.Close())
}

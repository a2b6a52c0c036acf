package config

import (
	"assetform/apply/engine/all"
	"fmt"
	"strings"
	"testing"
)

// benchmarkLoad loads a project again and again and checks that it has all
// its assets.
func benchmarkLoad(b *testing.B, assets int, files map[string]string) {
	dir := writeProject(b, files)
	b.ReportAllocs()
	for b.Loop() {
		p, diags := Load(Options{Engines: all.Registry(), Dir: dir, ToolVersion: "0.1.0"})
		if diags.HasErrors() || len(p.order) != assets {
			b.Fatalf("%d assets, %s", len(p.order), describe(diags))
		}
		p.Close()
	}
}

// manyBlocks are image blocks of the usual size, each with a local value and
// every second with a reference to another asset.
func manyBlocks(n int) string {
	var src strings.Builder
	src.WriteString("locals { style = \"painterly, warm rim light\" }\n")
	for i := range n {
		refs := ""
		if i%2 == 1 {
			refs = fmt.Sprintf("  references   = [image.a%d]\n", i-1)
		}
		fmt.Fprintf(&src, `
image "a%d" {
  prompt       = "Asset number %d, in plate armour, ${local.style}"
  model        = "nano_banana_pro"
  aspect_ratio = "portrait"
  seed         = %d
%s  output       = "art/%d.png"
}
`, i, i, i, refs, i)
	}
	return src.String()
}

func BenchmarkLoadBlocks(b *testing.B) {
	for _, n := range []int{1000, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			benchmarkLoad(b, n, map[string]string{"main.asset.hcl": manyBlocks(n)})
		})
	}
}

func BenchmarkLoadForEach(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var csv strings.Builder
			csv.WriteString("id,description,ratio\n")
			for i := range n {
				fmt.Fprintf(&csv, "item-%d,a rusty sword number %d,square\n", i, i)
			}
			benchmarkLoad(b, n, map[string]string{"items.csv": csv.String(), "main.asset.hcl": `
locals {
  items = csvdecode(file("items.csv"))
  style = "flat"
}
image "icon" {
  for_each     = { for i in local.items : i.id => i }
  prompt       = "Game icon of ${each.value.description}, ${local.style}"
  aspect_ratio = each.value.ratio
  output       = "art/icons/${each.key}.png"
}
`})
		})
	}
}

func BenchmarkLoadModules(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var src strings.Builder
			for i := range n {
				fmt.Fprintf(&src, "module \"m%d\" {\n  source = \"./kit\"\n  name   = \"m%d\"\n}\n", i, i)
			}
			benchmarkLoad(b, 2*n, map[string]string{"main.asset.hcl": src.String(), "kit/kit.asset.hcl": `
variable "name" { type = string }
image "logo" {
  prompt = "Logo of ${var.name}"
  output = "../art/${var.name}.png"
}
image "banner" {
  subject = image.logo
  output  = "../art/${var.name}-banner.png"
}
output "logo" { value = image.logo.path }
`})
		})
	}
}

// BenchmarkLoadDirectories has a directory of its own for each module.
func BenchmarkLoadDirectories(b *testing.B) {
	files := map[string]string{}
	var src strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&src, "module \"m%d\" { source = \"./kit%d\" }\n", i, i)
		files[fmt.Sprintf("kit%d/kit.asset.hcl", i)] = "image \"logo\" {\n  prompt = \"Logo\"\n  output = \"logo.png\"\n}\n"
	}
	files["main.asset.hcl"] = src.String()
	benchmarkLoad(b, 1000, files)
}

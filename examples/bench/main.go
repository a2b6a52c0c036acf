// Command bench measures assetform, and writes projects for measuring.
//
// examples/bench/run builds assetform and prints how its speed compares with
// git's, Terraform's, an older build's and an empty program's:
//
//	examples/bench/run --old v0.1.0
//
// A row is some work, the ratio that it is to reach, the one that was reached,
// whether that is enough, and the two figures that the ratio is of. A ratio
// holds on any machine, a time only on one; and processor time holds beside
// other programs, as long as they leave the caches alone. So the commands of a
// row run in turn, A B A B, their medians are compared, and nothing is judged
// where the machine is busy. Each command has to say that it did its work, and
// each asset that is generated must have cost one request and made one file.
// After the rows stands how the figures grow with the number of assets, and
// which system calls an apply makes for each.
//
// And this writes a project of many assets that were all generated already:
//
//	go run ./examples/bench -assets 5000 -dir /tmp/project
//	time assetform --chdir /tmp/project plan
//
// The outputs are small pictures that the embedded engine would not draw; for
// a plan only their bytes count.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"assetform/apply/engine/all"
	"assetform/config"
	"assetform/lockfile"
	"assetform/plan"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) > 2 && os.Args[1] == "run" { // and the directory of whoever typed it
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		b := &bench{root: ".", from: os.Args[2], log: os.Stderr, load: load}
		code := b.run(ctx, os.Args[3:], os.Stdout)
		stop()
		os.Exit(code)
	}
	if len(os.Args) == 4 && (os.Args[1] == "get" || os.Args[1] == "put") { // what transfers are compared with
		if err := alone(context.Background(), os.Args[1], os.Args[2], os.Args[3]); err != nil {
			log.Fatal(err)
		}
		return
	}
	assets := flag.Int("assets", 5000, "number of assets")
	dir := flag.String("dir", "", "directory to write to; it must not exist")
	table := flag.Bool("table", false, "one for_each over a CSV table instead of a block for each asset")
	flag.Parse()
	if *dir == "" {
		log.Fatal("-dir is missing")
	}
	if err := write(*dir, *assets, *table); err != nil {
		log.Fatal(err)
	}
}

func write(dir string, assets int, table bool) error {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	files := blocks(assets)
	if table {
		files = rows(assets)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			return err
		}
	}
	return lockOf(dir, picture)
}

// lockOf writes an output for each asset of the project in a directory, and
// their lock.
func lockOf(dir string, picture func(int) ([]byte, error)) error {
	project, diags := config.Load(config.Options{Engines: all.Registry(), Dir: dir, ToolVersion: "0.1.0"})
	if diags.HasErrors() {
		return diags
	}
	defer project.Close()
	lock, err := generate(project, picture)
	if err != nil {
		return err
	}
	return lockfile.Save(filepath.Join(dir, lockfile.Filename), lock)
}

// blocks is a configuration with a block for each asset.
func blocks(assets int) map[string][]byte {
	var b bytes.Buffer
	for i := range assets {
		fmt.Fprintf(&b, "image \"a%d\" {\n  prompt = \"Picture %d of a large project, painterly\"\n  seed   = %d\n  output = \"art/%d/a%d.png\"\n}\n\n", i, i, i, i/100, i)
	}
	return map[string][]byte{"main.asset.hcl": b.Bytes()}
}

// rows is a configuration with one block over a table.
func rows(assets int) map[string][]byte {
	var b bytes.Buffer
	b.WriteString("id,description\n")
	for i := range assets {
		fmt.Fprintf(&b, "a%d,picture %d of a large project\n", i, i)
	}
	return map[string][]byte{
		"items.csv": b.Bytes(),
		"main.asset.hcl": []byte(`image "icon" {
  for_each = { for i in csvdecode(file("items.csv")) : i.id => i }
  prompt   = "Game icon of ${each.value.description}"
  output   = "art/${substr(each.key, 0, 3)}/${each.key}.png"
}
`),
	}
}

// generate writes an output for each asset and returns their lock.
func generate(project *config.Project, picture func(int) ([]byte, error)) (*lockfile.Lock, error) {
	nothing := func(lockfile.InputsHash) (lockfile.Entry, bool) { return lockfile.Entry{}, false }
	p := plan.Build(project, lockfile.New(), plan.Snapshot{
		Stored: nothing, HasBlob: func(lockfile.ContentHash) bool { return false },
	}, plan.Options{})
	lock := lockfile.New()
	for i, c := range p.Changes {
		b, err := picture(i)
		if err != nil {
			return nil, err
		}
		size, err := png.DecodeConfig(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		name := filepath.Join(project.Dir, filepath.FromSlash(c.Output))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return nil, err
		}
		if err := os.WriteFile(name, b, 0o666); err != nil {
			return nil, err
		}
		lock.Assets[c.Address.String()] = lockfile.Entry{
			Output: c.Output, Provider: c.Provider, Method: c.Method, Inputs: c.Fingerprint.Inputs(),
			InputsHash: c.InputsHash, ContentHash: lockfile.HashBytes(b), MediaType: "image/png",
			Bytes: int64(len(b)), Width: size.Width, Height: size.Height, Cost: plan.RecordedCost(c.Cost),
		}
	}
	return lock, nil
}

// picture is a PNG that no other number has.
func picture(n int) ([]byte, error) {
	im := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	im.Set(0, 0, color.NRGBA{R: uint8(n), G: uint8(n >> 8), B: uint8(n >> 16), A: 255})
	var b bytes.Buffer
	err := png.Encode(&b, im)
	return b.Bytes(), err
}

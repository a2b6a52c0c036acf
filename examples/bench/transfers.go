package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"assetform/apply/remote/open"
	"assetform/lockfile"

	"golang.org/x/sync/errgroup"
)

// gateway is the S3 server that transfers are measured with.
const gateway = "versitygw"

// A shared project is one whose results are in the bucket of a server of this
// machine.
type shared struct {
	project
	env    []string
	bucket string // its directory
}

// bucketURL is the remote of a shared project.
const bucketURL = "s3://art/game"

// transfers compares what passes between a project and its remote with the
// same client's requests alone, as many at once, whose bytes nobody keeps.
func (b *bench) transfers(ctx context.Context) error {
	p, stop, err := b.share(ctx, b.scaled(1_000))
	if err != nil {
		return err
	}
	defer stop()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	says := func(words string) string { return fmt.Sprintf("%s %d ", words, p.assets) }
	fill := b.shared(p, says("Uploaded"), nil, "remote", "push")
	if _, err := b.once(ctx, fill); err != nil {
		return err
	}
	alone := func(verb string, before ...string) command {
		c := b.shared(p, says(verb), before)
		c.args = []string{self, verb, bucketURL, p.dir}
		return c
	}
	store, art := filepath.Join(p.dir, dataDir), filepath.Join(p.dir, "art")
	s, err := b.warm(ctx, b.heavy(),
		alone("get"),
		b.shared(p, says("Downloaded"), []string{store, art}, "remote", "pull"),
		b.shared(p, fmt.Sprintf("Restored image.a%d\n", p.assets-1), []string{store, art}, "restore"),
		alone("put", p.bucket),
		b.shared(p, says("Uploaded"), []string{p.bucket}, "remote", "push"),
	)
	if err != nil {
		return err
	}
	for i, name := range []string{"pull", "restore"} {
		b.results[name] = s[1+i].speed(s[0])
	}
	b.results["push"] = s[4].speed(s[3])
	return nil
}

// speed is how fast something was beside the requests that it needs.
func (s sample) speed(alone sample) result {
	return result{float64(alone.wall) / float64(s.wall), fmt.Sprintf("wall %s / %s, CPU %s / %s, memory %.0f MB", ms(s.wall), ms(alone.wall), ms(s.cpu), ms(alone.cpu), megabytes(s.memory))}
}

// share makes a project of n pictures of about 1 MB, and a server with an empty
// bucket for them.
func (b *bench) share(ctx context.Context, n int) (p *shared, stop func(), err error) {
	dir, err := os.MkdirTemp(b.tmp, "shared-")
	if err != nil {
		return nil, nil, err
	}
	p = &shared{project: project{by: b.tool, dir: filepath.Join(dir, "project"), assets: n}, bucket: filepath.Join(dir, "data", "art")}
	for _, dir := range []string{p.dir, p.bucket, filepath.Join(dir, "side")} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, nil, err
		}
	}
	if err := p.fill(); err != nil {
		return nil, nil, err
	}
	if err := p.commit(ctx, b.env); err != nil {
		return nil, nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	address := l.Addr().String()
	l.Close()
	const id, secret = "bench", "bench-of-transfers"
	p.env = append(slices.Clone(b.env), "AWS_ACCESS_KEY_ID="+id, "AWS_SECRET_ACCESS_KEY="+secret, "AWS_ENDPOINT_URL_S3=http://"+address)
	cmd := exec.CommandContext(ctx, gateway, "--quiet", "--keep-alive", "--port", address, "--access", id, "--secret", secret,
		"posix", "--sidecar", filepath.Join(dir, "side"), filepath.Join(dir, "data"))
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	for until := time.Now().Add(10 * time.Second); ; {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return p, stop, conn.Close()
		}
		if err := cmp.Or(ctx.Err(), pause(ctx, 20*time.Millisecond)); err != nil || time.Now().After(until) {
			stop()
			return nil, nil, cmp.Or(err, fmt.Errorf("%s does not listen at %s", gateway, address))
		}
	}
}

// fill writes a project whose outputs are not in git.
func (p *shared) fill() error {
	files := blocks(p.assets)
	files["remote.asset.hcl"] = []byte("assetform {\n  remote {\n    url = \"" + bucketURL + "\"\n  }\n}\n\nprovider \"imaginator\" {\n}\n")
	files[".gitignore"] = []byte("/art/\n")
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(p.dir, name), text, 0o666); err != nil {
			return err
		}
	}
	return lockOf(p.dir, noise)
}

// noise is a PNG of a megabyte that no encoding makes smaller.
func noise(n int) ([]byte, error) {
	im := image.NewNRGBA(image.Rect(0, 0, 590, 590))
	source := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)})
	_, _ = source.Read(im.Pix) // which never fails
	for i := 3; i < len(im.Pix); i += 4 {
		im.Pix[i] = 255
	}
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&b, im)
	return b.Bytes(), err
}

// shared is a command in a shared project before each run of which these
// directories are emptied.
func (b *bench) shared(p *shared, says string, empty []string, args ...string) command {
	c := b.command(&p.project, args...)
	c.env, c.says = p.env, says
	c.before = func(context.Context) error {
		for _, dir := range empty {
			if err := cmp.Or(os.RemoveAll(dir), os.Mkdir(dir, 0o777)); err != nil {
				return err
			}
		}
		return exec.Command("sync").Run() // else it would wait for what others wrote
	}
	return c
}

// alone gets or puts what the lock of a directory names, and does nothing else.
func alone(ctx context.Context, verb, url, dir string) error {
	lock, _, err := lockfile.Load(filepath.Join(dir, lockfile.Filename), "")
	if err != nil {
		return err
	}
	files, err := open.Open(ctx, url, os.Environ())
	if err != nil {
		return err
	}
	defer files.Close()
	var g errgroup.Group
	g.SetLimit(32)
	for _, e := range lock.Assets {
		g.Go(func() error {
			name := "v1/blobs/sha256/" + e.ContentHash.String()[len("sha256:"):]
			if verb == "put" {
				f, err := os.Open(filepath.Join(dir, filepath.FromSlash(e.Output)))
				if err != nil {
					return err
				}
				defer f.Close()
				return files.Put(ctx, name, f, e.Bytes)
			}
			body, _, err := files.Get(ctx, name)
			if err != nil {
				return err
			}
			defer body.Close()
			_, err = io.Copy(io.Discard, body)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	fmt.Println(verb, len(lock.Assets), "files")
	return nil
}

package oci

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"assetform/apply/remote"
	"assetform/apply/remote/web"
	"assetform/config/origin"
)

// Open opens the remote at oci://REGISTRY/REPOSITORY. Getenv finds a variable
// of the environment, "" if there is none. A registry on this machine is
// reached by http.
func Open(u *url.URL, getenv func(string) string) (remote.Files, error) {
	base := &url.URL{Scheme: "https", Host: u.Host, Path: "/"}
	if base.Host == "docker.io" {
		base.Host = "registry-1.docker.io"
	}
	o, err := origin.Of(base)
	if err != nil {
		return nil, err
	}
	if o.Local() {
		base.Scheme = "http"
	}
	name := strings.Trim(u.Path, "/")
	for element := range strings.SplitSeq(name, "/") {
		if element == "" || strings.Trim(element, alphanumeric+"._-") != "" || strings.Trim(element, "._-") != element {
			return nil, fmt.Errorf("%q is no repository of a registry", u.Host+u.Path)
		}
	}
	client := web.NewClient(true)
	r := &repository{base: base.JoinPath("v2", name, "/"), tokens: &tokens{client: client, getenv: getenv, host: base.Host}}
	r.site = &web.Site{Client: client, Authorize: r.tokens.authorize}
	return remote.Checked(r), nil
}

const alphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789"

type repository struct {
	site   *web.Site
	base   *url.URL // ends in a slash
	tokens *tokens
}

// Close implements remote.Files.
func (r *repository) Close() error { return r.site.Close() }

// descriptor says which content is meant.
type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

// manifest is what is under a tag.
type manifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	ArtifactType  string            `json:"artifactType"`
	Config        descriptor        `json:"config"`
	Layers        []descriptor      `json:"layers"`
	Annotations   map[string]string `json:"annotations"`
}

const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	// artifactType says that a manifest is a file of a remote.
	artifactType = "application/vnd.assetform.file.v1"
	maxManifest  = 1 << 20
	maxTag       = 128 // what registries take
)

// empty is the configuration of what is no image, and its content.
var empty = descriptor{"application/vnd.oci.empty.v1+json", digest([]byte(emptyJSON)), int64(len(emptyJSON))}

const emptyJSON = "{}"

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// tag is the tag of a file.
func tag(name string) (string, error) {
	if len(name) > maxTag || name[0] == '.' || name[0] == '-' {
		return "", fmt.Errorf("a registry has no tag for that name: it has more than %d characters, or begins with a sign", maxTag)
	}
	return strings.ReplaceAll(name, "/", "_"), nil
}

// send makes a request, and once more with what the registry wants to see.
func (r *repository) send(ctx context.Context, method string, at *url.URL, header http.Header, body io.ReadSeeker, size int64) (*http.Response, error) {
	answer, err := r.site.Send(ctx, method, at, header, body, size)
	if err != nil || answer.StatusCode != http.StatusUnauthorized {
		return answer, err
	}
	answer.Body.Close()
	if err := r.tokens.obtain(ctx, method, answer.Header.Values("Www-Authenticate")); err != nil {
		return nil, err
	}
	if body != nil {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
	}
	return r.site.Send(ctx, method, at, header, body, size)
}

// layer finds the content of a file.
func (r *repository) layer(ctx context.Context, name string) (descriptor, error) {
	t, err := tag(name)
	if err != nil {
		return descriptor{}, err
	}
	answer, err := r.send(ctx, http.MethodGet, r.base.JoinPath("manifests", t), http.Header{"Accept": {manifestType}, "Cache-Control": {"no-cache"}}, nil, 0)
	if err != nil {
		return descriptor{}, err
	}
	if answer.StatusCode != http.StatusOK || web.IsPage(answer) {
		return descriptor{}, r.site.Failure(answer)
	}
	defer answer.Body.Close()
	var m manifest
	b, err := io.ReadAll(io.LimitReader(answer.Body, maxManifest))
	if err != nil {
		return descriptor{}, err
	}
	if err := json.Unmarshal(b, &m); err != nil || len(m.Layers) != 1 || !isDigest(m.Layers[0].Digest) || m.Layers[0].Size < 0 {
		return descriptor{}, errors.New("what the registry has under its tag is no file of a remote")
	}
	return m.Layers[0], nil
}

func isDigest(text string) bool {
	sum, ok := strings.CutPrefix(text, "sha256:")
	return ok && len(sum) == 2*sha256.Size && strings.Trim(sum, "0123456789abcdef") == ""
}

// Get implements remote.Files.
func (r *repository) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	layer, err := r.layer(ctx, name)
	if err != nil {
		return nil, 0, err
	}
	answer, err := r.send(ctx, http.MethodGet, r.base.JoinPath("blobs", layer.Digest), nil, nil, 0)
	if err != nil {
		return nil, 0, err
	}
	if answer.StatusCode != http.StatusOK || web.IsPage(answer) {
		return nil, 0, r.site.Failure(answer)
	}
	return answer.Body, layer.Size, nil
}

// Stat implements remote.Files.
func (r *repository) Stat(ctx context.Context, name string) (int64, error) {
	layer, err := r.layer(ctx, name)
	return layer.Size, err
}

// Create implements remote.Files: registries overwrite.
func (r *repository) Create(context.Context, string, io.ReadSeeker, int64) error {
	return remote.ErrUnsupported
}

// Put implements remote.Files: the content, then the manifest, which makes it a
// file.
func (r *repository) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	t, err := tag(name)
	if err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(h, body); err != nil {
		return err
	}
	layer := descriptor{"application/octet-stream", "sha256:" + hex.EncodeToString(h.Sum(nil)), size}
	if err := r.push(ctx, layer, body); err != nil {
		return err
	}
	if err := r.push(ctx, empty, strings.NewReader(emptyJSON)); err != nil {
		return err
	}
	b, err := json.Marshal(manifest{
		SchemaVersion: 2, MediaType: manifestType, ArtifactType: artifactType, Config: empty, Layers: []descriptor{layer},
		// Two files of one content are two manifests, or deleting one would be
		// deleting both.
		Annotations: map[string]string{"org.opencontainers.image.title": name},
	})
	if err != nil {
		return err
	}
	answer, err := r.send(ctx, http.MethodPut, r.base.JoinPath("manifests", t), http.Header{"Content-Type": {manifestType}}, strings.NewReader(string(b)), int64(len(b)))
	return r.created(answer, err)
}

// created tells whether a write was made.
func (r *repository) created(answer *http.Response, err error) error {
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusCreated {
		return r.site.Failure(answer)
	}
	answer.Body.Close()
	return nil
}

// push uploads content that the registry does not have.
func (r *repository) push(ctx context.Context, d descriptor, content io.ReadSeeker) error {
	answer, err := r.send(ctx, http.MethodHead, r.base.JoinPath("blobs", d.Digest), nil, nil, 0)
	if err != nil {
		return err
	}
	if answer.StatusCode == http.StatusOK {
		answer.Body.Close()
		return nil
	}
	// A registry whose files others write at this moment may fail, too: uploading
	// does no harm.
	if err := r.site.Failure(answer); errors.Is(err, remote.ErrDenied) {
		return err
	}
	uploads := r.base.JoinPath("blobs", "uploads", "/")
	answer, err = r.send(ctx, http.MethodPost, uploads, nil, nil, 0)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusAccepted {
		err := r.site.Failure(answer)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: the registry has no such repository and makes none", remote.ErrNowhere)
		}
		return err
	}
	answer.Body.Close()
	at, err := uploads.Parse(answer.Header.Get("Location"))
	if err != nil || !sameOrigin(at, uploads) {
		return errors.New("the registry wants the upload to go to another server")
	}
	query := at.Query()
	query.Set("digest", d.Digest)
	at.RawQuery = query.Encode()
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return r.created(r.send(ctx, http.MethodPut, at, http.Header{"Content-Type": {"application/octet-stream"}}, content, d.Size))
}

// sameOrigin tells whether credentials for one address are for another.
func sameOrigin(a, b *url.URL) bool {
	one, err := origin.Of(a)
	if err != nil || a.User != nil {
		return false
	}
	other, err := origin.Of(b)
	return err == nil && one == other
}

package oci

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"assetform/apply/remote"
	"assetform/apply/remote/web"
)

// maxTags is how much is read of a part of the list of tags.
const maxTags = 16 << 20

// List implements remote.Files, without sizes.
func (r *repository) List(ctx context.Context, prefix string) iter.Seq2[remote.Info, error] {
	return func(yield func(remote.Info, error) bool) {
		at := r.base.JoinPath("tags", "list")
		at.RawQuery = "n=1000"
		for seen := map[string]bool{}; at != nil; {
			if seen[at.String()] {
				yield(remote.Info{}, errors.New("the registry's list of tags has no end"))
				return
			}
			seen[at.String()] = true
			tags, next, err := r.tags(ctx, at)
			if errors.Is(err, fs.ErrNotExist) {
				return // nothing was ever pushed
			}
			if err != nil {
				yield(remote.Info{}, err)
				return
			}
			for _, t := range tags {
				name := strings.ReplaceAll(t, "_", "/")
				if strings.HasPrefix(name, prefix) && !yield(remote.Info{Name: name, Size: -1}, nil) {
					return
				}
			}
			at = next
		}
	}
}

// tags asks for a part of the list; next is where it goes on, nil at its end.
func (r *repository) tags(ctx context.Context, at *url.URL) (tags []string, next *url.URL, err error) {
	answer, err := r.send(ctx, http.MethodGet, at, nil, nil, 0)
	if err != nil {
		return nil, nil, err
	}
	if answer.StatusCode != http.StatusOK || web.IsPage(answer) {
		return nil, nil, r.site.Failure(answer)
	}
	defer answer.Body.Close()
	var page struct {
		Tags []string `json:"tags"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxTags)).Decode(&page); err != nil {
		return nil, nil, fmt.Errorf("read the registry's list of tags: %w", err)
	}
	// <URL>; rel="next"
	target, rest, ok := strings.Cut(answer.Header.Get("Link"), ">")
	if !ok || !strings.Contains(rest, "next") {
		return page.Tags, nil, nil
	}
	next, err = at.Parse(strings.TrimPrefix(target, "<"))
	if err != nil || !sameOrigin(next, at) || next.Path != at.Path {
		return nil, nil, errors.New("the registry's list of tags goes on at another place")
	}
	return page.Tags, next, nil
}

// Delete implements remote.Files. Of registries some delete tags, others only
// manifests, and some nothing.
func (r *repository) Delete(ctx context.Context, name string) error {
	t, err := tag(name)
	if err != nil {
		return err
	}
	err = r.delete(ctx, t)
	if !errors.Is(err, remote.ErrUnsupported) && !errors.Is(err, errBadRequest) {
		return err
	}
	answer, err := r.send(ctx, http.MethodHead, r.base.JoinPath("manifests", t), http.Header{"Accept": {manifestType}}, nil, 0)
	if err != nil {
		return err
	}
	is := answer.Header.Get("Docker-Content-Digest")
	if answer.StatusCode != http.StatusOK || !isDigest(is) {
		if err := r.site.Failure(answer); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	answer.Body.Close()
	return r.delete(ctx, is)
}

var errBadRequest = errors.New("the registry answers 400 Bad Request")

// delete sends one request to delete a tag or manifest.
func (r *repository) delete(ctx context.Context, reference string) error {
	answer, err := r.send(ctx, http.MethodDelete, r.base.JoinPath("manifests", reference), nil, nil, 0)
	if err != nil {
		return err
	}
	switch answer.StatusCode {
	case http.StatusAccepted, http.StatusOK, http.StatusNoContent:
		answer.Body.Close()
		return nil
	case http.StatusBadRequest:
		answer.Body.Close()
		return errBadRequest
	}
	if err := r.site.Failure(answer); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

package s3

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"assetform/apply/remote"
	"assetform/apply/remote/web"
	"assetform/config/origin"
)

// Open opens the remote at s3://BUCKET/PREFIX?region=REGION. Getenv finds a
// variable of the environment, "" if there is none.
func Open(u *url.URL, getenv func(string) string) (remote.Files, error) {
	b, err := parse(u, getenv)
	if err != nil {
		return nil, err
	}
	b.keys = &keys{getenv: getenv}
	b.Site = &web.Site{Client: web.NewClient(false), Address: b.address, Authorize: b.authorize, Explain: b.explain}
	return remote.Checked(b), nil
}

type bucket struct {
	*web.Site
	base   *url.URL // of the bucket; ends in a slash
	name   string
	prefix string // "", or ends in a slash
	region string
	keys   *keys
	exists atomic.Bool // as far as is known
}

// parse reads the address of a remote.
func parse(u *url.URL, getenv func(string) string) (*bucket, error) {
	b := &bucket{name: u.Host, region: firstOf(u.Query().Get("region"), getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION"), regionOfProfile(getenv), "us-east-1")}
	if len(b.name) < 3 || len(b.name) > 63 || !isBucket(b.name) {
		return nil, fmt.Errorf("%q is no name of a bucket", b.name)
	}
	for key, values := range u.Query() {
		if key != "region" || len(values) != 1 {
			return nil, fmt.Errorf("an address of a bucket has %q and may have region alone", key)
		}
	}
	if !isRegion(b.region) {
		return nil, fmt.Errorf("%q is no region", b.region)
	}
	if prefix := strings.Trim(u.Path, "/"); prefix != "" {
		for element := range strings.SplitSeq(prefix, "/") {
			if strings.Trim(element, ".") == "" || strings.Trim(element, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != "" {
				return nil, fmt.Errorf("the prefix %q has more than letters, digits, dots, underscores, hyphens and single slashes", prefix)
			}
		}
		b.prefix = prefix + "/"
	}
	var err error
	b.base, err = endpoint(b.name, b.region, getenv)
	return b, err
}

func isRegion(name string) bool {
	return len(name) < 64 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func isBucket(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}

// endpoint is the address of a bucket. At AWS it is a host of its own, but for
// a name with dots, for which there is no certificate.
func endpoint(name, region string, getenv func(string) string) (*url.URL, error) {
	if at := firstOf(getenv("AWS_ENDPOINT_URL_S3"), getenv("AWS_ENDPOINT_URL")); at != "" {
		u, o, err := origin.Parse(at)
		if err == nil {
			err = o.CheckScheme()
		}
		if err != nil {
			return nil, fmt.Errorf("the address of the service that the environment names cannot be used: %w", err)
		}
		return u.JoinPath(name, "/"), nil
	}
	host := "s3." + region + ".amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		host += ".cn"
	}
	if strings.Contains(name, ".") {
		return &url.URL{Scheme: "https", Host: host, Path: "/" + name + "/"}, nil
	}
	return &url.URL{Scheme: "https", Host: name + "." + host, Path: "/"}, nil
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func (b *bucket) address(name string) *url.URL { return b.base.JoinPath(b.prefix + name) }

// blobs is where a name is the hash of a file's bytes.
const blobs = "/v1/blobs/sha256/"

// authorize signs a request, with the hash of its body. A blob is not read for
// it: the server refuses other bytes than its name says.
func (b *bucket) authorize(r *http.Request, body io.ReadSeeker) error {
	key, err := b.keys.get(r.Context())
	if err != nil {
		return err
	}
	if _, sum, is := strings.Cut(r.URL.Path, blobs); is && body != nil && isSum(sum) {
		sign(r, key, b.region, sum, time.Now())
		return nil
	}
	h := sha256.New()
	if body != nil {
		if _, err := io.Copy(h, body); err != nil {
			return err
		}
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	sign(r, key, b.region, hex.EncodeToString(h.Sum(nil)), time.Now())
	return nil
}

func isSum(text string) bool {
	return len(text) == hex.EncodedLen(sha256.Size) && strings.Trim(text, "0123456789abcdef") == ""
}

// conflicts is how often a create is tried that came in between others: AWS
// then asks for another try, which finds what the others made.
const conflicts = 5

// Create implements remote.Files.
func (b *bucket) Create(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	for try := 1; ; try++ {
		err := b.Site.Create(ctx, name, body, size)
		if !errors.Is(err, errConflict) || try == conflicts {
			return err
		}
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
}

// Stat implements remote.Files. What is not there has no words about it, so
// that the bucket is there is asked once: a missing one is no empty remote.
func (b *bucket) Stat(ctx context.Context, name string) (int64, error) {
	size, err := b.Site.Stat(ctx, name)
	if errors.Is(err, errNoWords) {
		var body io.ReadCloser
		if body, size, err = b.Get(ctx, name); err == nil {
			body.Close()
		}
	}
	if err == nil {
		b.exists.Store(true)
	}
	if !errors.Is(err, fs.ErrNotExist) || b.exists.Load() {
		return size, err
	}
	r, askErr := b.Send(ctx, http.MethodHead, b.base, nil, nil, 0)
	if askErr != nil {
		return 0, askErr
	}
	r.Body.Close()
	switch {
	case r.StatusCode == http.StatusNotFound:
		return 0, b.missing()
	case r.StatusCode >= 500 || r.StatusCode == http.StatusTooManyRequests:
		return 0, web.Status(r)
	}
	b.exists.Store(true) // or nothing else is told: who may read files need not see the bucket
	return 0, err
}

func (b *bucket) missing() error {
	return fmt.Errorf("%w: the bucket %q does not exist there", remote.ErrNowhere, b.name)
}

// errNoWords is an answer that has no body to say why: a GET is told more.
var errNoWords = errors.New("the server does not say why")

var errConflict = errors.New("another write to it was under way")

// explain says what an answer means by its code. The rest of its text is the
// server's and goes no further.
func (b *bucket) explain(r *http.Response, body []byte) error {
	word := element(body, "Code")
	is := firstOf(element(body, "Region"), r.Header.Get("X-Amz-Bucket-Region"))
	if r.StatusCode >= 300 && r.StatusCode <= http.StatusBadRequest && is != "" && is != b.region && isRegion(is) {
		return fmt.Errorf("%w: the bucket is in the region %s and not in %s; write ?region=%s after its address", remote.ErrNowhere, is, b.region, is)
	}
	switch word {
	case "":
		if r.Request != nil && r.Request.Method == http.MethodHead && (r.StatusCode < 400 || r.StatusCode == http.StatusBadRequest || r.StatusCode == http.StatusForbidden) {
			return errNoWords
		}
		return nil
	case "NoSuchBucket":
		return b.missing()
	case "ConditionalRequestConflict", "OperationAborted":
		return errConflict
	case "ExpiredToken", "InvalidToken", "TokenRefreshRequired":
		b.keys.expire()
		return fmt.Errorf("%w: the credentials have expired (%s)", remote.ErrDenied, word)
	case "NotImplemented":
		return fmt.Errorf("%w: %s", remote.ErrUnsupported, word)
	}
	err := web.Status(r)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case word == "AccessDenied":
		word += "; so it says of what is not there, too, unless s3:ListBucket is allowed on the bucket"
	}
	return fmt.Errorf("%w (%s)", err, word)
}

// element is the text of an element of an answer, "" if that has more than
// letters, digits and hyphens.
func element(body []byte, name string) string {
	_, rest, _ := strings.Cut(string(body), "<"+name+">")
	text, _, ok := strings.Cut(rest, "</"+name+">")
	if !ok || len(text) > 64 || strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return ""
	}
	return text
}

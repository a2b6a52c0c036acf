package s3_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"assetform/apply/remote"
	"assetform/apply/remote/remotetest"
	"assetform/apply/remote/s3"
)

// service is the environment of a service that has a bucket, art.
func service(address string) map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL_S3": address, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "s3cr3t-key",
		"AWS_SESSION_TOKEN": "s3ssion-t0ken", "AWS_EC2_METADATA_DISABLED": "true",
	}
}

func open(t *testing.T, address string, environ map[string]string) (remote.Files, error) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return s3.Open(u, func(name string) string { return environ[name] })
}

func mustOpen(t *testing.T, address string, environ map[string]string) remote.Files {
	t.Helper()
	f, err := open(t, address, environ)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestContract(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"", "/games/one"} {
		t.Run("prefix "+prefix, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(remotetest.FakeS3(t))
			t.Cleanup(server.Close)
			remotetest.Run(t, remotetest.Backend{
				Open:   func(t *testing.T) remote.Files { return mustOpen(t, "s3://art"+prefix, service(server.URL)) },
				Create: remotetest.Atomic,
			})
		})
	}
}

func TestWeb(t *testing.T) {
	t.Parallel()
	remotetest.RunWeb(t, remotetest.Web{
		Handler: remotetest.FakeS3(t),
		Open: func(t *testing.T, address string) remote.Files {
			return mustOpen(t, "s3://art/games", service(address))
		},
		Secrets: []string{"s3cr3t-key", "s3ssion-t0ken", "AKIDEXAMPLE"}, Create: remotetest.Atomic,
	})
}

// TestManyPages lists more than a page holds.
func TestManyPages(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(remotetest.FakeS3(t))
	t.Cleanup(server.Close)
	f := mustOpen(t, "s3://art", service(server.URL))
	defer f.Close()
	const many = 1100
	for i := range many {
		if err := f.Put(t.Context(), fmt.Sprintf("v1/blobs/%d", i), strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for info, err := range f.List(t.Context(), "v1/") {
		if err != nil {
			t.Fatal(err)
		}
		seen[info.Name] = true
	}
	if len(seen) != many {
		t.Errorf("listed %d files, want %d", len(seen), many)
	}
}

// TestBlobIsReadOnce: its name is its hash, of which the signature is made.
func TestBlobIsReadOnce(t *testing.T) {
	t.Parallel()
	var sums []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sums = append(sums, r.Header.Get("X-Amz-Content-Sha256"))
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer server.Close()
	f := mustOpen(t, "s3://art/game", service(server.URL))
	defer f.Close()
	const content = "a picture"
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(content)))
	for name, reads := range map[string]int64{"v1/blobs/sha256/" + sum: 1, "v1/blobs/sha256/" + sum[1:]: 2, "v1/results/" + sum: 2} {
		body := &counted{Reader: strings.NewReader(content)}
		if err := f.Put(t.Context(), name, body, int64(len(content))); err != nil || body.bytes != reads*int64(len(content)) {
			t.Errorf("%s: read %d bytes, error %v", name, body.bytes, err)
		}
	}
	if len(sums) != 3 || sums[0] != sum || sums[1] != sum || sums[2] != sum {
		t.Errorf("signed %q", sums)
	}
}

// counted counts what is read.
type counted struct {
	*strings.Reader
	bytes int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.bytes += int64(n)
	return n, err
}

func (c *counted) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{c})
}

// TestMissingBucket: it never looks like an empty remote.
func TestMissingBucket(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(remotetest.FakeS3(t))
	t.Cleanup(server.Close)
	f := mustOpen(t, "s3://other", service(server.URL))
	defer f.Close()
	_, statErr := f.Stat(t.Context(), "v1/a")
	_, _, getErr := f.Get(t.Context(), "v1/a")
	errs := map[string]error{
		"stat": statErr, "get": getErr, "put": f.Put(t.Context(), "v1/a", strings.NewReader("x"), 1),
		"create": f.Create(t.Context(), "v1/a", strings.NewReader("x"), 1), "delete": f.Delete(t.Context(), "v1/a"),
	}
	for _, err := range f.List(t.Context(), "v1/") {
		errs["list"] = err
	}
	if len(errs) != 6 {
		t.Error("it was listed as empty")
	}
	for call, err := range errs {
		if !errors.Is(err, remote.ErrNowhere) || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), `"other" does not exist`) {
			t.Errorf("%s: got error %v, want that there is no bucket", call, err)
		}
	}
}

// TestAddresses holds where requests go.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, c := range map[string]struct {
		environ map[string]string
		want    string
	}{
		"s3://art":                              {nil, "https://art.s3.us-east-1.amazonaws.com/v1/a"},
		"s3://art/":                             {map[string]string{"AWS_REGION": "eu-west-1"}, "https://art.s3.eu-west-1.amazonaws.com/v1/a"},
		"s3://art/game/one?region=eu-central-1": {map[string]string{"AWS_REGION": "eu-west-1"}, "https://art.s3.eu-central-1.amazonaws.com/game/one/v1/a"},
		"s3://my.art?region=cn-north-1":         {nil, "https://s3.cn-north-1.amazonaws.com.cn/my.art/v1/a"},
		"s3://art/x":                            {map[string]string{"AWS_ENDPOINT_URL": "https://minio.example:9000"}, "https://minio.example:9000/art/x/v1/a"},
		"s3://art/y":                            {map[string]string{"AWS_ENDPOINT_URL": "https://a.example", "AWS_ENDPOINT_URL_S3": "https://b.example/s3/"}, "https://b.example/s3/art/y/v1/a"},
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s3.Address(u, func(name string) string { return c.environ[name] }, "v1/a")
		if err != nil || got != c.want {
			t.Errorf("%s: got %s, error %v, want %s", address, got, err, c.want)
		}
	}
	for _, address := range []string{
		"s3://", "s3://a", "s3://Art", "s3://art.", "s3://art?region=eu.evil.example/", "s3://art?region=a&region=b", "s3://art?endpoint=https://evil.example",
		"s3://art:9000", "s3://art/a//b", "s3://art/../b", "s3://art/%2e%2e/b", "s3://art/a b", "s3://art/ä", "s3://" + strings.Repeat("a", 64),
	} {
		if f, err := open(t, address, nil); err == nil {
			t.Errorf("%s was opened: %v", address, f)
		}
	}
	for _, at := range []string{"http://minio.example", "https://user:pw@minio.example", "minio.example", "ftp://a"} {
		if _, err := open(t, "s3://art", map[string]string{"AWS_ENDPOINT_URL": at}); err == nil || strings.Contains(err.Error(), "pw") {
			t.Errorf("%s was used, error %v", at, err)
		}
	}
}

// TestAnswers holds what the codes of a service mean.
func TestAnswers(t *testing.T) {
	t.Parallel()
	tries := 0
	var status int
	var text string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			tries++
		}
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error>%s<Message>words of a stranger</Message></Error>", text)
	}))
	t.Cleanup(server.Close)
	f := mustOpen(t, "s3://art", service(server.URL))
	defer f.Close()
	for name, c := range map[string]struct {
		status int
		text   string
		want   error
		words  string
		tries  int
	}{
		"expired":    {400, "<Code>ExpiredToken</Code>", remote.ErrDenied, "have expired", 1},
		"wrong key":  {403, "<Code>SignatureDoesNotMatch</Code>", remote.ErrDenied, "(SignatureDoesNotMatch)", 1},
		"region":     {400, "<Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region>", remote.ErrNowhere, "?region=eu-west-3", 1},
		"moved":      {301, "<Code>PermanentRedirect</Code><Region>eu-west-3</Region>", nil, "?region=eu-west-3", 1},
		"exists":     {412, "<Code>PreconditionFailed</Code>", remote.ErrExists, "it exists", 1},
		"conflict":   {409, "<Code>ConditionalRequestConflict</Code>", nil, "another write", 5},
		"slow down":  {503, "<Code>SlowDown</Code>", remote.ErrUnknown, "(SlowDown)", 1},
		"no such":    {501, "<Code>NotImplemented</Code>", remote.ErrUnsupported, "NotImplemented", 1},
		"wrong hash": {400, "<Code>XAmzContentSHA256Mismatch</Code>", nil, "(XAmzContentSHA256Mismatch)", 1},
	} {
		t.Run(name, func(t *testing.T) {
			tries, status, text = 0, c.status, c.text
			err := f.Create(t.Context(), "v1/a", strings.NewReader("x"), 1)
			if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "stranger") {
				t.Errorf("got error %v, want words %q", err, c.words)
			}
			if tries != c.tries {
				t.Errorf("asked %d times, want %d", tries, c.tries)
			}
			// An answer to HEAD has no words: they are asked for.
			if c.status == 412 || c.status >= 500 || c.status == 409 {
				return
			}
			if _, err := f.Stat(t.Context(), "v1/a"); err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.words) {
				t.Errorf("a look gives error %v, want words %q", err, c.words)
			}
		})
	}
}

// TestSignedBody: what is signed is the body, from its beginning.
func TestSignedBody(t *testing.T) {
	t.Parallel()
	var sum string
	var got bytes.Buffer
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		sum = r.Header.Get("X-Amz-Content-Sha256")
		got.ReadFrom(r.Body)
	}))
	t.Cleanup(server.Close)
	f := mustOpen(t, "s3://art", service(server.URL))
	defer f.Close()
	if err := f.Put(t.Context(), "v1/a", strings.NewReader("abc"), 3); err != nil {
		t.Fatal(err)
	}
	if sum != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" || got.String() != "abc" {
		t.Errorf("sent %q with the sum %s", got.String(), sum)
	}
}

// TestExpired: credentials that the service calls expired are fetched anew.
func TestExpired(t *testing.T) {
	t.Parallel()
	var last string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last = r.Header.Get("Authorization")
		if strings.Contains(last, "/OLD/") || strings.Contains(last, "=OLD/") {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, "<Error><Code>ExpiredToken</Code></Error>")
			return
		}
		fmt.Fprint(w, "x")
	}))
	t.Cleanup(server.Close)
	environ := service(server.URL)
	environ["AWS_ACCESS_KEY_ID"] = "OLD"
	f := mustOpen(t, "s3://art", environ)
	defer f.Close()
	if _, _, err := f.Get(t.Context(), "v1/a"); !errors.Is(err, remote.ErrDenied) {
		t.Errorf("got error %v, want that access is denied", err)
	}
	environ["AWS_ACCESS_KEY_ID"] = "NEW"
	if _, _, err := f.Get(t.Context(), "v1/a"); err != nil || !strings.Contains(last, "=NEW/") {
		t.Errorf("sent %s, error %v", last, err)
	}
}

// TestEndlessList: a listing that goes on where it was is ended.
func TestEndlessList(t *testing.T) {
	t.Parallel()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked > 5 {
			t.Error("it was asked again and again")
			return
		}
		fmt.Fprint(w, "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a b</NextContinuationToken></ListBucketResult>")
	}))
	t.Cleanup(server.Close)
	f := mustOpen(t, "s3://art", service(server.URL))
	defer f.Close()
	var last error
	for _, err := range f.List(t.Context(), "v1/") {
		last = err
	}
	if last == nil || !strings.Contains(last.Error(), "no end") {
		t.Errorf("got error %v, want that it has no end", last)
	}
}

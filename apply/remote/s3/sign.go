package s3

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// signed are the headers that a signature holds for, besides the service's own:
// proxies change others.
var signed = []string{"Content-Type", "If-None-Match"}

// sign signs a request as AWS's Signature Version 4 for S3 says, for a region
// and a body of that SHA-256 in hexadecimal. The request's path needs no more
// escaping than the URL has.
func sign(r *http.Request, k key, region, sum string, now time.Time) {
	at := now.UTC().Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", at)
	r.Header.Set("X-Amz-Content-Sha256", sum)
	if k.Token != "" {
		r.Header.Set("X-Amz-Security-Token", k.Token)
	}
	lines := []string{"host:" + r.URL.Host}
	names := []string{"host"}
	for name, values := range r.Header {
		if strings.HasPrefix(name, "X-Amz-") || slices.Contains(signed, name) {
			names = append(names, strings.ToLower(name))
			lines = append(lines, strings.ToLower(name)+":"+strings.Join(values, ","))
		}
	}
	slices.Sort(names)
	slices.Sort(lines) // no name is the beginning of another one
	which := strings.Join(names, ";")
	canonical := strings.Join([]string{r.Method, r.URL.EscapedPath(), canonicalQuery(r.URL.Query()), strings.Join(lines, "\n") + "\n", which, sum}, "\n")
	hashed := sha256.Sum256([]byte(canonical))
	scope := strings.Join([]string{at[:8], region, "s3", "aws4_request"}, "/")
	secret := []byte("AWS4" + k.Secret)
	for part := range strings.SplitSeq(scope, "/") {
		secret = mac(secret, part)
	}
	signature := hex.EncodeToString(mac(secret, "AWS4-HMAC-SHA256\n"+at+"\n"+scope+"\n"+hex.EncodeToString(hashed[:])))
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+k.ID+"/"+scope+",SignedHeaders="+which+",Signature="+signature)
}

// canonicalQuery is a query in the one form of which the signature is made.
func canonicalQuery(q url.Values) string { return strings.ReplaceAll(q.Encode(), "+", "%20") }

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

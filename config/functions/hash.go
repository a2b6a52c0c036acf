package functions

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"

	"assetform/config/worktree"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// hashFunctions has every hash twice: of a string and of a file.
func hashFunctions() []entry {
	base64Of := base64.StdEncoding.EncodeToString
	return []entry{
		{name: "base64sha256", fn: hashString(sha256.New, base64Of), description: "Returns the SHA-256 hash of a string in Base64."},
		{name: "base64sha512", fn: hashString(sha512.New, base64Of), description: "Returns the SHA-512 hash of a string in Base64."},
		{name: "md5", fn: hashString(md5.New, hex.EncodeToString), description: "Returns the MD5 hash of a string in hexadecimal."},
		{name: "sha1", fn: hashString(sha1.New, hex.EncodeToString), description: "Returns the SHA-1 hash of a string in hexadecimal."},
		{name: "sha256", fn: hashString(sha256.New, hex.EncodeToString), description: "Returns the SHA-256 hash of a string in hexadecimal."},
		{name: "sha512", fn: hashString(sha512.New, hex.EncodeToString), description: "Returns the SHA-512 hash of a string in hexadecimal."},
		{name: "filebase64sha256", files: hashFile(sha256.New, base64Of), description: "Returns the SHA-256 hash of a file in Base64."},
		{name: "filebase64sha512", files: hashFile(sha512.New, base64Of), description: "Returns the SHA-512 hash of a file in Base64."},
		{name: "filemd5", files: hashFile(md5.New, hex.EncodeToString), description: "Returns the MD5 hash of a file in hexadecimal."},
		{name: "filesha1", files: hashFile(sha1.New, hex.EncodeToString), description: "Returns the SHA-1 hash of a file in hexadecimal."},
		{name: "filesha256", files: hashFile(sha256.New, hex.EncodeToString), description: "Returns the SHA-256 hash of a file in hexadecimal."},
		{name: "filesha512", files: hashFile(sha512.New, hex.EncodeToString), description: "Returns the SHA-512 hash of a file in hexadecimal."},
	}
}

func digest(newHash func() hash.Hash, encode func([]byte) string, content []byte) string {
	h := newHash()
	h.Write(content) // never fails
	return encode(h.Sum(nil))
}

func hashString(newHash func() hash.Hash, encode func([]byte) string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "str", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.StringVal(digest(newHash, encode, []byte(args[0].AsString()))), nil
		},
	})
}

func hashFile(newHash func() hash.Hash, encode func([]byte) string) func(fileScope) function.Function {
	return func(s fileScope) function.Function {
		return s.fromFile(func(content []byte) (string, error) {
			if oid, _, ok := worktree.ParsePointer(content); ok && newHash().Size() == len(oid) {
				return encode(oid[:]), nil // what Git LFS names it by is this hash
			}
			return digest(newHash, encode, content), notPulled(content)
		})
	}
}

package diag

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strings"
)

// Plain is an error's text without the words that Go and the system have for
// files, connections, addresses and JSON: which calls were made is of no use
// to people.
func Plain(err error) string {
	text := err.Error()
	for _, part := range parts(err) {
		switch e := part.(type) {
		case *fs.PathError:
			text = strings.ReplaceAll(text, e.Error(), plainPath(e.Path, e.Err))
			once := fmt.Sprintf("%q: ", e.Path)
			text = strings.ReplaceAll(text, once+once, once)
		case *os.LinkError:
			text = strings.ReplaceAll(text, e.Error(), fmt.Sprintf("%s to %q: %s", plainPath(e.Old, nil), e.New, e.Err))
		case *os.SyscallError:
			text = strings.ReplaceAll(text, e.Error(), e.Err.Error())
		case *url.Error:
			text = strings.ReplaceAll(text, e.Error(), plainURL(e))
		case *net.OpError:
			text = strings.ReplaceAll(text, e.Error(), plainNet(e))
		case *net.DNSError:
			text = strings.ReplaceAll(text, e.Error(), plainName(e))
		case *net.AddrError:
			text = strings.ReplaceAll(text, e.Error(), plainAddr(e))
		case *json.SyntaxError:
			text = strings.ReplaceAll(text, e.Error(), fmt.Sprintf("it is not JSON, or ends in the middle of it (at byte %d)", e.Offset))
		case *json.UnmarshalTypeError:
			text = strings.ReplaceAll(text, e.Error(), fmt.Sprintf("the JSON has a %s at %q, where another type belongs", e.Value, e.Field))
		}
		switch part {
		case context.Canceled:
			text = strings.ReplaceAll(text, part.Error(), "it was interrupted")
		case context.DeadlineExceeded:
			text = strings.ReplaceAll(text, part.Error(), "there was no answer in time")
		}
	}
	return text
}

func plainPath(path string, err error) string {
	switch {
	case err == nil:
		return fmt.Sprintf("%q", path)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("there is no file or directory %q", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("%q: permission denied", path)
	}
	return fmt.Sprintf("%q: %s", path, err)
}

// parts lists an error and all that it wraps.
func parts(err error) []error {
	list := []error{err}
	for i := 0; i < len(list); i++ {
		switch e := list[i].(type) {
		case interface{ Unwrap() error }:
			if next := e.Unwrap(); next != nil {
				list = append(list, next)
			}
		case interface{ Unwrap() []error }:
			list = append(list, e.Unwrap()...)
		}
	}
	return list
}

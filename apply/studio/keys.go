package studio

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"time"
)

// The limits of a key that the keys file does not set.
const (
	defaultTier               = "video_pro"
	DefaultHourlyImageCredits = 4000
	DefaultHourlyVideos       = 150
	DefaultConcurrentLimit    = 5
)

// A Key is one API key and what it may use.
type Key struct {
	// Name identifies the key's account: tasks and usage belong to it, so a
	// secret can be replaced without losing them.
	Name         string
	SecretSHA256 [sha256.Size]byte

	Tier               string
	HourlyImageCredits int // in a rolling hour
	HourlyVideos       int // in a rolling hour
	ConcurrentLimit    int // pending and processing tasks of all kinds

	Expires  time.Time // zero: never
	Disabled bool
	License  bool // without one, nothing can be generated

}

// Keys are the keys that a server accepts.
type Keys []Key

// NewKey returns a key with the default limits.
func NewKey(name, secret string) Key {
	return Key{
		Name:               name,
		SecretSHA256:       sha256.Sum256([]byte(secret)),
		Tier:               defaultTier,
		HourlyImageCredits: DefaultHourlyImageCredits,
		HourlyVideos:       DefaultHourlyVideos,
		ConcurrentLimit:    DefaultConcurrentLimit,
		License:            true,
	}
}

// randomSecret returns a new secret of 128 bits of randomness.
func randomSecret() string { return "studio-" + rand.Text() }

// find returns the key with that secret. It compares with every key and in
// constant time, so that the time taken says nothing about the keys held.
func (ks Keys) find(secret string) (Key, bool) {
	sum := sha256.Sum256([]byte(secret))
	at := -1
	for i := range ks {
		if subtle.ConstantTimeCompare(sum[:], ks[i].SecretSHA256[:]) == 1 {
			at = i
		}
	}
	if at < 0 {
		return Key{}, false
	}
	return ks[at], true
}

package imaginator

import (
	"fmt"
	"io"
	"log/slog"

	"assetform/config/diag"
)

const redacted = diag.Sensitive

// A Secret is a string that prints as "(sensitive value)" in every way that
// fmt, log/slog and encoding/json know. The zero value is the empty secret.
//
// It points to its value, so that even a struct that holds it in a field that
// is not exported, where fmt cannot call methods, shows an address instead.
type Secret struct{ value *string }

// NewSecret returns a Secret that holds value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{&value}
}

// reveal returns the value.
func (s Secret) reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s.value == nil }

// String implements fmt.Stringer.
func (s Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return redacted }

// Format implements fmt.Formatter: for a verb that does not fit, fmt would
// print the value in its complaint.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler, and with it JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

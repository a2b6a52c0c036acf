package studio

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestParseKeys(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte("second secret in full"))
	keys, diags := ParseKeys("keys.hcl", []byte(`
# the build server
key "ci" {
  secret = "first-secret"
}
key "artists" {
  secret_sha256        = "`+strings.ToUpper(hex.EncodeToString(sum[:]))+`"
  tier                 = "image_basic"
  hourly_image_credits = 250
  hourly_videos        = 0
  concurrent_limit     = 1
  expires              = "2030-12-31T23:59:59+01:00"
  disabled             = true
  license              = false
}
`))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	want := Keys{
		{
			Name: "ci", SecretSHA256: sha256.Sum256([]byte("first-secret")), Tier: "video_pro",
			HourlyImageCredits: 4000, HourlyVideos: 150, ConcurrentLimit: 5, License: true,
		},
		{
			Name: "artists", SecretSHA256: sum, Tier: "image_basic", HourlyImageCredits: 250,
			ConcurrentLimit: 1, Expires: time.Date(2030, 12, 31, 22, 59, 59, 0, time.UTC), Disabled: true,
		},
	}
	if diff := cmp.Diff(want, keys, cmpopts.IgnoreUnexported(Key{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if k, ok := keys.find("second secret in full"); !ok || k.Name != "artists" {
		t.Errorf("found %+v, %v", k, ok)
	}
	if _, ok := keys.find(""); ok {
		t.Error("the empty secret is a key")
	}
}

func TestParseKeysRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src, summary string
		line         int
	}{
		"syntax":            {`key "a" {`, "Unclosed configuration block", 1},
		"empty":             {"", "No keys", 1},
		"unknown block":     {`user "a" {}`, "Unsupported block type", 1},
		"no name":           {`key { secret = "s" }`, "Missing name for key", 1},
		"blank name":        {`key " " { secret = "s" }`, "Empty key name", 1},
		"unknown attribute": {"key \"a\" {\n  secret = \"s\"\n  hourly_credits = 3\n}", "Unsupported argument", 3},
		"nested block":      {"key \"a\" {\n  secret = \"s\"\n  limits {}\n}", "Unsupported block type", 3},
		"no secret":         {`key "a" {}`, "One secret needed", 1},
		"two secrets":       {"key \"a\" {\n  secret = \"s\"\n  secret_sha256 = \"00\"\n}", "One secret needed", 1},
		"secret twice":      {"key \"a\" {\n  secret = \"s\"\n  secret = \"s\"\n}", "Attribute redefined", 3},
		"empty secret":      {"key \"a\" {\n  secret = \"\"\n}", "Invalid secret", 1},
		"secret with space": {"key \"a\" {\n  secret = \"a b\"\n}", "Invalid secret", 1},
		"secret expression": {"key \"a\" {\n  secret = var.x\n}", "Invalid secret", 1},
		"short hash":        {"key \"a\" {\n  secret_sha256 = \"abc123\"\n}", "Invalid secret hash", 1},
		"negative limit":    {"key \"a\" {\n  secret = \"s\"\n  hourly_videos = -1\n}", "Limit too small", 3},
		"limit 0 at once":   {"key \"a\" {\n  secret = \"s\"\n  concurrent_limit = 0\n}", "Limit too small", 3},
		"limit in words":    {"key \"a\" {\n  secret = \"s\"\n  hourly_videos = \"many\"\n}", "Unsuitable value", 3},
		"half a credit":     {"key \"a\" {\n  secret = \"s\"\n  hourly_image_credits = 0.5\n}", "Unsuitable value", 3},
		"disabled in words": {"key \"a\" {\n  secret = \"s\"\n  disabled = \"maybe\"\n}", "Unsuitable value", 3},
		"expires in words":  {"key \"a\" {\n  secret = \"s\"\n  expires = \"tomorrow\"\n}", "Invalid time", 3},
		"variable":          {"key \"a\" {\n  secret = \"s\"\n  tier = var.tier\n}", "Variables not allowed", 3},
		"duplicate name":    {"key \"a\" { secret = \"s\" }\nkey \"a\" { secret = \"t\" }", "Duplicate key", 2},
		"duplicate secret":  {"key \"a\" { secret = \"s\" }\nkey \"b\" { secret = \"s\" }", "Duplicate secret", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, diags := ParseKeys("keys.hcl", []byte(c.src))
			if !diags.HasErrors() || keys != nil {
				t.Fatalf("accepted: %+v", keys)
			}
			d := diags[0]
			if d.Summary != c.summary || d.Subject == nil || d.Subject.Start.Line != c.line || d.Detail == "" {
				t.Errorf("%s at %v: %s\nwant %s at line %d", d.Summary, d.Subject, d.Detail, c.summary, c.line)
			}
		})
	}
}

// TestSecretsStayOutOfDiagnostics: what is wrong with a secret is told without
// its text.
func TestSecretsStayOutOfDiagnostics(t *testing.T) {
	t.Parallel()
	src := "key \"a\" {\n  secret = \"hunter2 hunter2\"\n}\nkey \"b\" {\n  secret_sha256 = \"hunter2\"\n}\n"
	_, diags := ParseKeys("keys.hcl", []byte(src))
	for _, d := range diags {
		lines := strings.Split(src, "\n")[d.Subject.Start.Line-1 : d.Subject.End.Line]
		if text := d.Summary + d.Detail + strings.Join(lines, ""); strings.Contains(text, "hunter2") {
			t.Errorf("shown: %s", text)
		}
	}
	if len(diags) != 2 {
		t.Errorf("%d problems", len(diags))
	}
}

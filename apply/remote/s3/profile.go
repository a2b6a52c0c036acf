package s3

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-shellwords"
)

// fromProfile finds credentials in AWS's shared files. Keys and a
// credential_process are read here; a profile that needs more than that (single
// sign-on, a role of another profile) is left to AWS's own program.
func (k *keys) fromProfile(ctx context.Context) (key, error) {
	name, named := k.getenv("AWS_PROFILE"), true
	if name == "" {
		name, named = "default", false
	}
	p, err := k.profile(name)
	switch {
	case err != nil:
		return key{}, err
	case p == nil && named:
		return key{}, fmt.Errorf("there is no profile %q", name)
	case p == nil:
		return key{}, errNone
	case p["aws_access_key_id"] != "" && p["aws_secret_access_key"] != "":
		return key{ID: p["aws_access_key_id"], Secret: p["aws_secret_access_key"], Token: p["aws_session_token"]}, nil
	case p["credential_process"] != "":
		words, err := shellwords.Parse(p["credential_process"])
		if err != nil || len(words) == 0 {
			return key{}, errors.New("its credential_process is no command")
		}
		return fromProgram(ctx, words)
	case p["web_identity_token_file"] != "":
		return k.fromWebIdentity(ctx, p["web_identity_token_file"], p["role_arn"], p["role_session_name"])
	case p["sso_session"] != "" || p["sso_start_url"] != "" || p["role_arn"] != "" || p["login_session"] != "":
		return fromProgram(ctx, []string{"aws", "configure", "export-credentials", "--profile", name, "--format", "process"})
	case named:
		return key{}, fmt.Errorf("the profile %q has no credentials", name)
	}
	return key{}, errNone
}

// regionOfProfile is the region that the profile names, "" if it names none.
func regionOfProfile(getenv func(string) string) string {
	k := keys{getenv: getenv}
	p, err := k.profile(firstOf(getenv("AWS_PROFILE"), "default"))
	if err != nil {
		return "" // who needs its keys says so
	}
	return p["region"]
}

// profile reads a profile of the two shared files; the second one's settings
// come before the first one's. Nil is none.
func (k *keys) profile(name string) (map[string]string, error) {
	var found map[string]string
	for _, at := range []struct{ variable, file, prefix string }{
		{"AWS_CONFIG_FILE", "config", "profile "}, {"AWS_SHARED_CREDENTIALS_FILE", "credentials", ""},
	} {
		file := k.getenv(at.variable)
		if file == "" {
			home := firstOf(k.getenv("HOME"), k.getenv("USERPROFILE"))
			if home == "" {
				continue
			}
			file = filepath.Join(home, ".aws", at.file)
		}
		b, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		sections := parseINI(string(b))
		section, ok := sections[at.prefix+name]
		if !ok && name == "default" {
			section, ok = sections[name]
		}
		if ok && found == nil {
			found = map[string]string{}
		}
		maps.Copy(found, section)
	}
	return found, nil
}

// parseINI reads the sections of one of AWS's files. Lines that are indented
// belong to a setting that has settings, of which none is for us.
func parseINI(text string) map[string]map[string]string {
	sections := map[string]map[string]string{}
	var section map[string]string
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';' {
			continue
		}
		if trimmed[0] == '[' {
			head, _, _ := strings.Cut(trimmed[1:], "]")
			name := strings.Join(strings.Fields(head), " ")
			if section = sections[name]; section == nil {
				section = map[string]string{}
				sections[name] = section
			}
			continue
		}
		setting, value, ok := strings.Cut(trimmed, "=")
		if section == nil || !ok || line[0] == ' ' || line[0] == '\t' {
			continue
		}
		value, _, _ = strings.Cut(value, " #")
		section[strings.ToLower(strings.TrimSpace(setting))] = strings.TrimSpace(value)
	}
	return sections
}

// fromProgram runs a program that prints credentials. What else it prints may
// be secret and is not told.
func fromProgram(ctx context.Context, words []string) (key, error) {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return key{}, fmt.Errorf("run %s: %w", filepath.Base(words[0]), err)
	}
	var found key
	if err := json.Unmarshal(out, &found); err != nil || found.ID == "" || found.Secret == "" {
		return key{}, fmt.Errorf("what %s printed are no credentials", filepath.Base(words[0]))
	}
	return found, nil
}

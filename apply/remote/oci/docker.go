package oci

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// login is what docker knows of a registry; the zero value is nothing.
type login struct {
	user, password string
	identity       string // a token with which tokens are given, in their place
}

// dockerConfig is what is read of docker's configuration.
type dockerConfig struct {
	Auths map[string]struct {
		Auth          string `json:"auth"`
		IdentityToken string `json:"identitytoken"`
	} `json:"auths"`
	CredsStore  string            `json:"credsStore"`
	CredHelpers map[string]string `json:"credHelpers"`
}

// dockerLogin finds what docker knows of a registry: in its configuration, or
// by asking the program that this names.
func dockerLogin(ctx context.Context, host string, getenv func(string) string) (login, error) {
	file := configFile(getenv)
	if file == "" {
		return login{}, nil
	}
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return login{}, nil
	}
	if err != nil {
		return login{}, err
	}
	var c dockerConfig
	if err := json.Unmarshal(b, &c); err != nil {
		return login{}, fmt.Errorf("docker's configuration %q is no JSON that docker writes", file)
	}
	if host == "registry-1.docker.io" {
		host = "https://index.docker.io/v1/"
	}
	if helper := c.CredHelpers[host]; helper != "" {
		return fromHelper(ctx, helper, host)
	}
	if c.CredsStore != "" {
		return fromHelper(ctx, c.CredsStore, host)
	}
	for _, name := range []string{host, "https://" + host, "http://" + host, "https://" + host + "/v1/", "https://" + host + "/v2/"} {
		entry, ok := c.Auths[name]
		if !ok {
			continue
		}
		decoded, err := base64.StdEncoding.DecodeString(entry.Auth)
		if err != nil {
			return login{}, fmt.Errorf("docker's configuration %q has credentials for %s that are none", file, host)
		}
		user, password, _ := strings.Cut(strings.TrimRight(string(decoded), "\x00"), ":")
		return login{user, password, entry.IdentityToken}, nil
	}
	return login{}, nil
}

// configFile is where docker keeps credentials, or the names of its helpers.
func configFile(getenv func(string) string) string {
	if dir := getenv("DOCKER_CONFIG"); dir != "" {
		return filepath.Join(dir, "config.json")
	}
	for _, home := range []string{getenv("HOME"), getenv("USERPROFILE")} {
		if home != "" {
			return filepath.Join(home, ".docker", "config.json")
		}
	}
	return ""
}

// fromHelper asks one of docker's credential helpers. What it prints when it
// fails is not told: it may be secret.
func fromHelper(ctx context.Context, name, host string) (login, error) {
	if strings.ContainsAny(name, `/\`) {
		return login{}, errors.New("docker's configuration names a credential helper by a path")
	}
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "docker-credential-"+name, "get")
	cmd.Stdin, cmd.WaitDelay = strings.NewReader(host), time.Second
	out, err := cmd.Output()
	if err != nil && bytes.Contains(out, []byte("credentials not found")) {
		return login{}, nil
	}
	if err != nil {
		return login{}, fmt.Errorf("run docker-credential-%s: %w", name, err)
	}
	var answer struct{ Username, Secret string }
	if err := json.Unmarshal(out, &answer); err != nil {
		return login{}, fmt.Errorf("what docker-credential-%s printed are no credentials", name)
	}
	if answer.Username == "<token>" {
		return login{identity: answer.Secret}, nil
	}
	return login{user: answer.Username, password: answer.Secret}, nil
}

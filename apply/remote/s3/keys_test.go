package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assetform/apply/remote"
)

// TestSign is the example of AWS's own documentation of signatures for S3.
func TestSign(t *testing.T) {
	t.Parallel()
	k := key{ID: "AKIAIOSFODNN7EXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	now := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	for target, want := range map[string]string{
		"/?lifecycle":           "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
		"/?max-keys=2&prefix=J": "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
	} {
		r, err := http.NewRequest(http.MethodGet, "https://examplebucket.s3.amazonaws.com"+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", "not signed")
		sign(r, k, "us-east-1", empty, now)
		if got := r.Header.Get("Authorization"); !strings.HasSuffix(got, "Signature="+want) {
			t.Errorf("%s: got %s, want the signature %s", target, got, want)
		}
	}
}

// TestCanonicalQuery: a blank is %20, for the signature and on the way.
func TestCanonicalQuery(t *testing.T) {
	t.Parallel()
	if got := canonicalQuery(url.Values{"b": {"x y+z"}, "a": {"/"}}); got != "a=%2F&b=x%20y%2Bz" {
		t.Errorf("got %s", got)
	}
}

// authority gives credentials in all the ways that roles have.
func authority(t *testing.T) *httptest.Server {
	t.Helper()
	const later = "2999-01-01T00:00:00Z"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch imds := r.Header.Get("X-Aws-Ec2-Metadata-Token") == "session"; {
		case r.URL.Path == "/role" && r.Header.Get("Authorization") == "Basic container":
			fmt.Fprintf(w, `{"AccessKeyId": "CONTAINER", "SecretAccessKey": "s", "Token": "t", "Expiration": %q}`, later)
		case r.URL.Path == "/latest/api/token" && r.Method == http.MethodPut:
			fmt.Fprint(w, "session")
		case imds && r.URL.Path == "/latest/meta-data/iam/security-credentials/":
			fmt.Fprint(w, "role-of-art\n")
		case imds && r.URL.Path == "/latest/meta-data/iam/security-credentials/role-of-art":
			fmt.Fprintf(w, `{"Code": "Success", "AccessKeyId": "MACHINE", "SecretAccessKey": "s", "Token": "t", "Expiration": %q}`, later)
		case r.URL.Path == "/job" && r.URL.RawQuery == "api-version=2.0&audience=sts.amazonaws.com" && r.Header.Get("Authorization") == "Bearer j0b":
			fmt.Fprint(w, `{"count": 1, "value": "identity"}`)
		case r.URL.Path == "/" && r.PostFormValue("WebIdentityToken") == "identity" && r.PostFormValue("RoleArn") == "arn:role":
			fmt.Fprintf(w, `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>
				<AccessKeyId>WEB</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>%s</Expiration>
				</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`, later)
		default:
			http.Error(w, "words of a stranger", http.StatusForbidden)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// TestPlaces holds where credentials are looked for, in which order, and that
// nothing secret is told of what fails.
func TestPlaces(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, perm os.FileMode) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), perm); err != nil {
			t.Fatal(err)
		}
		return file
	}
	printed := `{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2999-01-01T00:00:00Z"}`
	program := write("program", "#!/bin/sh\ncase \"$1\" in one) echo '"+fmt.Sprintf(printed, "PROGRAM")+"' ;; *) echo s3cr3t; echo s3cr3t >&2; exit 3 ;; esac\n", 0o755)
	write("aws", "#!/bin/sh\n[ \"$*\" = 'configure export-credentials --profile sso --format process' ] && echo '"+fmt.Sprintf(printed, "SSO")+"'\n", 0o755)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	token := write("token", "identity\n", 0o600)
	files := map[string]string{
		"AWS_SHARED_CREDENTIALS_FILE": write("credentials", "# mine\n[default]\naws_access_key_id = FILE\naws_secret_access_key=s # a comment\n\n[ other ]\naws_access_key_id=OTHER\naws_secret_access_key=s\n", 0o600),
		"AWS_CONFIG_FILE": write("config", "[default]\nregion = eu-west-1\n[profile other]\naws_access_key_id = NOT\n[profile program]\ncredential_process = '"+program+"' one\n"+
			"[profile failing]\ncredential_process = "+program+" two\n[profile sso]\nsso_session = studio\n[profile web]\nweb_identity_token_file = "+token+"\nrole_arn = arn:role\n"+
			"[profile empty]\ns3 =\n  aws_access_key_id = NESTED\n  aws_secret_access_key = s\n", 0o600),
	}
	if got := regionOfProfile(func(name string) string { return files[name] }); got != "eu-west-1" {
		t.Errorf("the profile's region is %q", got)
	}
	server := authority(t)
	container := map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": server.URL + "/role", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic container"}
	job := map[string]string{"AWS_ROLE_ARN": "arn:role", "ACTIONS_ID_TOKEN_REQUEST_URL": server.URL + "/job?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "j0b"}
	profile := func(name string) map[string]string { return map[string]string{"AWS_PROFILE": name} }
	for _, c := range []struct {
		name    string
		environ []map[string]string
		want    string // "" for none
		words   string
	}{
		{name: "environment", environ: []map[string]string{{"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"}, files, container}, want: "ENV"},
		{name: "half an environment", environ: []map[string]string{{"AWS_ACCESS_KEY_ID": "ENV"}, files}, words: "only one is set"},
		{name: "web identity", environ: []map[string]string{{"AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "arn:role"}, files}, want: "WEB"},
		{name: "web identity refused", environ: []map[string]string{{"AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "arn:other"}, files}, words: "web identity: it answers 403"},
		{name: "GitHub job", environ: []map[string]string{job, files}, want: "WEB"},
		{name: "GitHub job without a role", environ: []map[string]string{job, {"AWS_ROLE_ARN": ""}, files}, want: "FILE"},
		{name: "GitHub job that is not let in", environ: []map[string]string{job, {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "wr0ng"}, files}, words: "ask GitHub who this job is: it answers 403"},
		{name: "profile", environ: []map[string]string{files, container}, want: "FILE"},
		{name: "named profile", environ: []map[string]string{files, profile("other")}, want: "OTHER"},
		{name: "program", environ: []map[string]string{files, profile("program")}, want: "PROGRAM"},
		{name: "failing program", environ: []map[string]string{files, profile("failing"), container}, words: "run program: exit status 3"},
		{name: "single sign-on", environ: []map[string]string{files, profile("sso")}, want: "SSO"},
		{name: "web identity of a profile", environ: []map[string]string{files, profile("web")}, want: "WEB"},
		{name: "missing profile", environ: []map[string]string{files, profile("none"), container}, words: `there is no profile "none"`},
		{name: "profile without", environ: []map[string]string{files, profile("empty")}, words: "has no credentials"},
		{name: "container", environ: []map[string]string{container}, want: "CONTAINER"},
		{name: "container refused", environ: []map[string]string{container, {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic wr0ng"}}, words: "it answers 403 Forbidden"},
		{name: "container elsewhere", environ: []map[string]string{{"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://evil.example/s3cr3t"}}, words: "another machine"},
		{name: "machine", environ: []map[string]string{{"AWS_EC2_METADATA_SERVICE_ENDPOINT": server.URL, "AWS_EC2_METADATA_DISABLED": ""}}, want: "MACHINE"},
		{name: "nothing", words: "environment: none; web identity: none; profile: none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			environ := map[string]string{"AWS_EC2_METADATA_DISABLED": "true", "HOME": filepath.Join(dir, "nobody"), "AWS_ENDPOINT_URL_STS": server.URL}
			for _, more := range c.environ {
				for name, value := range more {
					environ[name] = value
				}
			}
			k := keys{getenv: func(name string) string { return environ[name] }}
			got, err := k.get(t.Context())
			if c.want != "" {
				if err != nil || got.ID != c.want || got.Secret != "s" {
					t.Errorf("got %s, error %v, want %s", got.ID, err, c.want)
				}
				return
			}
			if !errors.Is(err, remote.ErrDenied) || !strings.Contains(err.Error(), c.words) {
				t.Errorf("got %s, error %v, want words %q", got.ID, err, c.words)
			}
			for _, secret := range []string{"s3cr3t", "wr0ng", "j0b", "identity\"", "stranger"} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("%q is in the error %v", secret, err)
				}
			}
		})
	}
}

// TestRenewal: credentials are used until shortly before they end, renewed
// then, and used on while they hold if that fails.
func TestRenewal(t *testing.T) {
	t.Parallel()
	asked := 0
	var next func() (key, error)
	until := func(d time.Duration) func() (key, error) {
		return func() (key, error) {
			return key{ID: fmt.Sprint(asked), Secret: "s", Expires: time.Now().Add(d)}, nil
		}
	}
	fails := func() (key, error) { return key{}, errors.New("no") }
	k := keys{from: func(context.Context) (key, error) { asked++; return next() }}
	for i, step := range []struct {
		next func() (key, error)
		want string // "" for an error
	}{
		{until(time.Hour), "1"}, {until(time.Hour), "1"}, // asked once
	} {
		next = step.next
		if i == 0 {
			k.found = key{Expires: time.Now()}
		}
		if got, err := k.get(t.Context()); err != nil || got.ID != step.want {
			t.Errorf("step %d: got %q, error %v", i, got.ID, err)
		}
	}
	k.found.Expires = time.Now().Add(renewal / 2)
	next = fails
	if got, err := k.get(t.Context()); err != nil || got.ID != "1" || asked != 2 {
		t.Errorf("got %q, error %v, asked %d times", got.ID, err, asked)
	}
	k.found.Expires = time.Now()
	if _, err := k.get(t.Context()); !errors.Is(err, remote.ErrDenied) {
		t.Errorf("got error %v, want that access is denied", err)
	}
	next = until(time.Hour)
	if got, err := k.get(t.Context()); err != nil || got.ID != "4" {
		t.Errorf("got %q, error %v", got.ID, err)
	}
}

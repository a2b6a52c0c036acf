package s3

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"assetform/config/origin"
)

// fromWebIdentity asks AWS's token service for the role that a token stands for:
// one in a file, as pods and CI systems have it, or of the GitHub job that this is.
func (k *keys) fromWebIdentity(ctx context.Context, file, role, session string) (key, error) {
	token, err := []byte(nil), errNone
	switch {
	case file != "":
		token, err = os.ReadFile(file)
	case role != "" && k.getenv("ACTIONS_ID_TOKEN_REQUEST_URL") != "":
		token, err = k.ofJob(ctx)
	}
	if err != nil {
		return key{}, err
	}
	at := k.getenv("AWS_ENDPOINT_URL_STS")
	if region := firstOf(k.getenv("AWS_REGION"), k.getenv("AWS_DEFAULT_REGION")); at == "" && region != "" && isRegion(region) {
		at = "https://sts." + region + ".amazonaws.com"
		if strings.HasPrefix(region, "cn-") {
			at += ".cn"
		}
	}
	u, o, err := origin.Parse(firstOf(at, "https://sts.amazonaws.com"))
	if err == nil {
		err = o.CheckScheme()
	}
	if err != nil {
		return key{}, err
	}
	form := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {role},
		"RoleSessionName": {firstOf(session, "assetform")}, "WebIdentityToken": {strings.TrimSpace(string(token))},
	}
	b, err := ask(ctx, http.MethodPost, u.String()+"/", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, form.Encode(), 10*time.Second)
	if err != nil {
		return key{}, err
	}
	var answer struct {
		Credentials struct {
			AccessKeyId, SecretAccessKey, SessionToken string
			Expiration                                 time.Time
		} `xml:"AssumeRoleWithWebIdentityResult>Credentials"`
	}
	if err := xml.Unmarshal(b, &answer); err != nil {
		return key{}, errNoKey
	}
	c := answer.Credentials
	return key{c.AccessKeyId, c.SecretAccessKey, c.SessionToken, c.Expiration}, nil
}

// ofJob asks GitHub for the token that says which job this is. It is good for
// minutes, the credentials for an hour, and a job may take longer: so none is kept.
func (k *keys) ofJob(ctx context.Context) ([]byte, error) {
	u, err := url.Parse(k.getenv("ACTIONS_ID_TOKEN_REQUEST_URL"))
	if err != nil {
		return nil, errors.New("ACTIONS_ID_TOKEN_REQUEST_URL is no address")
	}
	query := u.Query()
	query.Set("audience", "sts.amazonaws.com")
	u.RawQuery = query.Encode()
	b, err := ask(ctx, http.MethodGet, u.String(), http.Header{"Authorization": {"Bearer " + k.getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")}}, "", 10*time.Second)
	if err != nil {
		return nil, fmt.Errorf("ask GitHub who this job is: %w", err)
	}
	var answer struct{ Value string }
	if err := json.Unmarshal(b, &answer); err != nil || answer.Value == "" {
		return nil, errors.New("GitHub does not say who this job is")
	}
	return []byte(answer.Value), nil
}

// fromContainer asks what a container's environment names.
func (k *keys) fromContainer(ctx context.Context) (key, error) {
	relative, full := k.getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"), k.getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
	switch {
	case relative != "":
		full = "http://169.254.170.2" + relative
	case full == "":
		return key{}, errNone
	}
	u, err := url.Parse(full)
	if err != nil {
		return key{}, errors.New("AWS_CONTAINER_CREDENTIALS_FULL_URI is no address")
	}
	if o, err := origin.Of(u); err != nil || !o.Encrypted() && !o.Local() && o.Host() != "169.254.170.2" && o.Host() != "169.254.170.23" && o.Host() != "fd00:ec2::23" {
		return key{}, errors.New("AWS_CONTAINER_CREDENTIALS_FULL_URI names another machine, in the clear")
	}
	token := k.getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN")
	if file := k.getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return key{}, err
		}
		token = strings.TrimSpace(string(b))
	}
	header := http.Header{}
	if token != "" {
		header.Set("Authorization", token)
	}
	b, err := ask(ctx, http.MethodGet, u.String(), header, "", 10*time.Second)
	if err != nil {
		return key{}, err
	}
	return ofRole(b)
}

// fromMachine asks the metadata service of a machine at AWS. Others have none,
// and hear nothing.
func (k *keys) fromMachine(ctx context.Context) (key, error) {
	if strings.EqualFold(k.getenv("AWS_EC2_METADATA_DISABLED"), "true") {
		return key{}, errNone
	}
	const patience = 2 * time.Second
	at := strings.TrimSuffix(firstOf(k.getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT"), "http://169.254.169.254"), "/")
	token, err := ask(ctx, http.MethodPut, at+"/latest/api/token", http.Header{"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": {"21600"}}, "", patience)
	if err != nil {
		return key{}, err
	}
	header := http.Header{"X-Aws-Ec2-Metadata-Token": {string(token)}}
	roles := at + "/latest/meta-data/iam/security-credentials/"
	names, err := ask(ctx, http.MethodGet, roles, header, "", patience)
	if err != nil {
		return key{}, err
	}
	name, _, _ := strings.Cut(string(names), "\n")
	b, err := ask(ctx, http.MethodGet, roles+url.PathEscape(strings.TrimSpace(name)), header, "", patience)
	if err != nil {
		return key{}, err
	}
	return ofRole(b)
}

var errNoKey = errors.New("the answer has no credentials in it")

// ofRole reads what the services of containers and machines answer.
func ofRole(b []byte) (key, error) {
	var found struct {
		key
		Token string
	}
	if err := json.Unmarshal(b, &found); err != nil || found.ID == "" || found.Secret == "" {
		return key{}, errNoKey
	}
	found.key.Token = found.Token
	return found.key, nil
}

// ask makes a request of a service that gives credentials. Its errors have
// neither address nor answer in them: both may let in.
func ask(ctx context.Context, method, at string, header http.Header, body string, patience time.Duration) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, at, strings.NewReader(body))
	if err != nil {
		return nil, errors.New("its address is none")
	}
	req.Header = header
	client := http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return nil, err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %d %s", r.StatusCode, http.StatusText(r.StatusCode))
	}
	return b, nil
}

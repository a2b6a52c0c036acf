package remotetest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Places are all servers that remotes are tested with: those in this process,
// and programs that are skipped where they are not installed.
func Places() map[string]func(testing.TB) Place {
	return map[string]func(testing.TB) Place{
		"file":            File,
		"s3":              func(t testing.TB) Place { return S3(t, nil) },
		"https":           func(t testing.TB) Place { return HTTPS(t, nil) },
		"oci":             func(t testing.TB) Place { return OCI(t, nil) },
		"versitygw":       VersityGW,
		"lighttpd":        Lighttpd,
		"nginx":           Nginx,
		"docker-registry": DockerRegistry,
	}
}

// serverDir is a directory for a server, with another one in it for the files.
func serverDir(t testing.TB, files string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(files)), 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// VersityGW is a bucket of a server that checks signatures.
func VersityGW(t testing.TB) Place {
	t.Helper()
	program := Program(t, "versitygw")
	dir, address := serverDir(t, "data/art"), FreeAddress(t)
	side := serverDir(t, "")
	const access, secret = "AKIDEXAMPLE", "s3cr3t-key-of-the-team"
	Start(t, address, exec.Command(program, "--quiet", "--keep-alive", "--port", address, "--access", access, "--secret", secret,
		"posix", "--sidecar", side, filepath.Join(dir, "data")))
	p := newPlace("s3://art/games/one", Atomic, map[string]string{
		"AWS_ENDPOINT_URL_S3": "http://" + address, "AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret,
	}, access, secret)
	p.Sums = true
	p.Denied = map[string]string{"AWS_SECRET_ACCESS_KEY": "wr0ng"}
	return p
}

// Lighttpd is a WebDAV server that lets in whom the netrc file knows.
func Lighttpd(t testing.TB) Place {
	t.Helper()
	program := Program(t, "lighttpd")
	dir, address := serverDir(t, "data/art"), FreeAddress(t)
	host, port, _ := strings.Cut(address, ":")
	config := WriteFile(t, dir, "lighttpd.conf", fmt.Sprintf(`
server.modules = ("mod_auth", "mod_authn_file", "mod_webdav")
server.document-root = %q
server.bind = %q
server.port = %s
server.errorlog = %q
server.upload-dirs = (%q)
server.stat-cache-engine = "disable"
auth.backend = "plain"
auth.backend.plain.userfile = %q
auth.require = ("/" => ("method" => "basic", "realm" => "art", "require" => "valid-user"))
webdav.activate = "enable"
webdav.sqlite-db-name = ""
`, filepath.Join(dir, "data"), host, port, filepath.Join(dir, "log"), dir, WriteFile(t, dir, "users", teamUser+":"+teamPassword+"\n")))
	Start(t, address, exec.Command(program, "-D", "-f", config))
	netrc := WriteFile(t, t.TempDir(), "netrc", fmt.Sprintf("machine %s login %s password %s\n", host, teamUser, teamPassword))
	p := newPlace("http://"+address+"/art", Atomic, map[string]string{"NETRC": netrc}, teamPassword, teamBasic)
	p.Denied = map[string]string{"NETRC": filepath.Join(dir, "none")}
	return p
}

// Nginx is a WebDAV server that ignores conditions and lists nothing.
func Nginx(t testing.TB) Place {
	t.Helper()
	program := Program(t, "nginx")
	dir, address := serverDir(t, "data/art"), FreeAddress(t)
	config := WriteFile(t, dir, "nginx.conf", NginxConfig(dir, fmt.Sprintf(`server {
		listen %s;
		root %s/data;
		client_max_body_size 1g;
		dav_methods PUT DELETE MKCOL;
	}`, address, dir)))
	Start(t, address, exec.Command(program, "-c", config, "-e", filepath.Join(dir, "log")))
	p := newPlace("http://"+address+"/art", Ignored, nil)
	p.NoList = true
	return p
}

// NginxConfig is a configuration of nginx with what stands in its http block. All
// that it writes goes to a directory.
func NginxConfig(dir, http string) string {
	return fmt.Sprintf(`
daemon off;
master_process off;
pid %[1]s/pid;
error_log %[1]s/log;
user root;
events {}
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	%[2]s
}
`, dir, http)
}

// DockerRegistry is a repository of docker's own registry.
func DockerRegistry(t testing.TB) Place {
	t.Helper()
	program := Program(t, "docker-registry")
	dir, address := serverDir(t, "data"), FreeAddress(t)
	// What htpasswd -B makes of the password.
	users := WriteFile(t, dir, "users", teamUser+":$2a$04$Kp3wBzHQpV6gjLn7hwWtweBdHEsLDjFr0wmcnVvDa3pS9O.dlgvCO\n")
	config := WriteFile(t, dir, "config.yml", fmt.Sprintf(`
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: %q}
  delete: {enabled: true}
auth:
  htpasswd: {realm: art, path: %q}
http: {addr: %q, secret: for-tests}
`, filepath.Join(dir, "data"), users, address))
	Start(t, address, exec.Command(program, "serve", config))
	return dockerPlace(t, address)
}

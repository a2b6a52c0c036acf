package https_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"assetform/apply/remote"
	"assetform/apply/remote/remotetest"
)

// TestLighttpd runs the contract over lighttpd's WebDAV.
func TestLighttpd(t *testing.T) {
	t.Parallel()
	program := remotetest.Program(t, "lighttpd")
	dir, address := serverDir(t), remotetest.FreeAddress(t)
	host, port := split(address)
	config := remotetest.WriteFile(t, dir, "lighttpd.conf", fmt.Sprintf(`
server.modules = ("mod_webdav")
server.document-root = %q
server.bind = %q
server.port = %s
server.errorlog = %q
server.upload-dirs = (%q)
server.stat-cache-engine = "disable"
webdav.activate = "enable"
webdav.sqlite-db-name = ""
`, filepath.Join(dir, "data"), host, port, filepath.Join(dir, "log"), dir))
	remotetest.Start(t, address, exec.Command(program, "-D", "-f", config))
	remotetest.Run(t, remotetest.Backend{
		Open:   func(t *testing.T) remote.Files { return open(t, "http://"+address+"/art", nil) },
		Create: remotetest.Atomic,
	})
}

// TestNginx runs the contract over nginx's WebDAV, which ignores conditions
// and lists nothing.
func TestNginx(t *testing.T) {
	t.Parallel()
	program := remotetest.Program(t, "nginx")
	dir, address := serverDir(t), remotetest.FreeAddress(t)
	config := remotetest.WriteFile(t, dir, "nginx.conf", fmt.Sprintf(`
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
	server {
		listen %[2]s;
		root %[1]s/data;
		client_max_body_size 1g;
		dav_methods PUT DELETE MKCOL;
	}
}
`, dir, address))
	remotetest.Start(t, address, exec.Command(program, "-c", config, "-e", filepath.Join(dir, "log")))
	remotetest.Run(t, remotetest.Backend{
		Open:   func(t *testing.T) remote.Files { return open(t, "http://"+address+"/art", nil) },
		Create: remotetest.Ignored, NoList: true,
	})
}

// serverDir is a directory for a server, with data/art for the files.
func serverDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "data", "art"), 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

func split(address string) (host, port string) {
	for i := len(address) - 1; i >= 0; i-- {
		if address[i] == ':' {
			return address[:i], address[i+1:]
		}
	}
	return address, ""
}

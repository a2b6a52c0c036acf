package https_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"assetform/apply/remote"
	"assetform/apply/remote/remotetest"
)

// certificates is a directory with the certificate of this machine, tls.pem, and
// its key, which this process believes.
var certificates string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "assetform-https-")
	if err == nil {
		certificates = dir
		err = certify(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func certify(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	pemOf := func(kind string, b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}) }
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "tls.pem"), pemOf("CERTIFICATE", certificate), 0o600),
		os.WriteFile(filepath.Join(dir, "tls.key"), pemOf("PRIVATE KEY", secret), 0o600),
		os.Setenv("SSL_CERT_FILE", filepath.Join(dir, "tls.pem")), // nothing has been dialled yet
	)
}

// site is a web server that is set up as its page says, in a directory in the
// place of the machine's own.
type site struct {
	dir, address string
	here         *strings.Replacer // from the page's places to the test's
}

func newSite(t *testing.T) *site {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only there the environment names the certificates that are believed")
	}
	s := &site{dir: t.TempDir(), address: remotetest.FreeAddress(t)}
	s.here = strings.NewReplacer(
		"/etc/assetform/tls", certificates+"/tls", "/etc/assetform", s.dir+"/etc", "/srv/assetform", s.dir+"/srv", "/var/tmp", s.dir, "/var/log/lighttpd", s.dir,
		`server.port = 443`, fmt.Sprintf("server.bind = %q\nserver.port = %s", "127.0.0.1", strings.TrimPrefix(s.address, "127.0.0.1:")), "listen 443 ssl", "listen "+s.address+" ssl",
		// Nobody may give files away, or become another user, but root.
		"server.username", "#", "server.groupname", "#", "chown", ": chown",
	)
	for _, name := range []string{"artist", "main", "pulls"} {
		remotetest.WriteFile(t, s.dir, name+".password", "pw-"+name+"\n")
	}
	sh := exec.Command("sh", "-e", "-c", s.here.Replace(remotetest.Documented(t, "A web server of your own", "sh")[0]))
	sh.Dir = s.dir
	if out, err := sh.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return s
}

// config is the page's configuration of a server, for here.
func (s *site) config(t *testing.T, language string) string {
	t.Helper()
	return s.here.Replace(remotetest.Documented(t, "A web server of your own", language)[0])
}

// open opens the remote there as somebody, who is in the netrc file as the page
// says.
func (s *site) open(t *testing.T, who, password string) remote.Files {
	t.Helper()
	entry := remotetest.Documented(t, "A web server of your own", "netrc")[0]
	entry = strings.NewReplacer("art.example", "127.0.0.1", "artist", who, "PASSWORD", password).Replace(entry)
	url := "https://" + s.address + "/game"
	return open(t, url, map[string]string{"ASSETFORM_REMOTE_URL": url, "NETRC": remotetest.WriteFile(t, t.TempDir(), "netrc", entry)})
}

// wantRights holds who may do what.
func (s *site) wantRights(t *testing.T) {
	t.Helper()
	const name = "v1/blobs/a"
	for _, c := range []struct {
		who, password string
		reads, writes bool
	}{
		{"artist", "pw-artist", true, true}, {"main", "pw-main", true, true}, {"pulls", "pw-pulls", true, false},
		{"pulls", "pw-main", false, false}, {"nobody", "pw-main", false, false},
	} {
		f := s.open(t, c.who, c.password)
		defer f.Close()
		if err := f.Put(t.Context(), name, strings.NewReader("x"), 1); (err == nil) != c.writes || err != nil && !errors.Is(err, remote.ErrDenied) {
			t.Errorf("%s with %s writes: error %v", c.who, c.password, err)
		}
		if _, err := f.Stat(t.Context(), name); (err == nil) != c.reads || err != nil && !errors.Is(err, remote.ErrDenied) {
			t.Errorf("%s with %s reads: error %v", c.who, c.password, err)
		}
		if err := f.Delete(t.Context(), "v1/blobs/none"); (err == nil) != c.writes {
			t.Errorf("%s with %s deletes: error %v", c.who, c.password, err)
		}
	}
}

// TestLighttpd runs the contract over lighttpd's WebDAV, as the page sets it up.
func TestLighttpd(t *testing.T) {
	t.Parallel()
	program := remotetest.Program(t, "lighttpd")
	s := newSite(t)
	config := remotetest.WriteFile(t, s.dir, "lighttpd.conf", s.config(t, "lighttpd"))
	remotetest.Start(t, s.address, exec.Command(program, "-D", "-f", config))
	s.wantRights(t)
	remotetest.Run(t, remotetest.Backend{
		Open:   func(t *testing.T) remote.Files { return s.open(t, "artist", "pw-artist") },
		Create: remotetest.Atomic,
	})
}

// TestNginx runs the contract over nginx's WebDAV, as the page sets it up. It
// ignores conditions and lists nothing.
func TestNginx(t *testing.T) {
	t.Parallel()
	program := remotetest.Program(t, "nginx")
	s := newSite(t)
	site := remotetest.WriteFile(t, s.dir, "assetform.conf", s.config(t, "nginx"))
	config := remotetest.WriteFile(t, s.dir, "nginx.conf", remotetest.NginxConfig(s.dir, "include "+site+";"))
	remotetest.Start(t, s.address, exec.Command(program, "-c", config, "-e", filepath.Join(s.dir, "log")))
	s.wantRights(t)
	remotetest.Run(t, remotetest.Backend{
		Open:   func(t *testing.T) remote.Files { return s.open(t, "artist", "pw-artist") },
		Create: remotetest.Ignored, NoList: true,
	})
}

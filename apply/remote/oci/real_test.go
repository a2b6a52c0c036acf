package oci_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"assetform/apply/remote"
	"assetform/apply/remote/remotetest"
)

// TestDockerRegistry runs the contract over docker's own registry.
func TestDockerRegistry(t *testing.T) {
	t.Parallel()
	program := remotetest.Program(t, "docker-registry")
	dir, address := t.TempDir(), remotetest.FreeAddress(t)
	config := remotetest.WriteFile(t, dir, "config.yml", fmt.Sprintf(`
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: %q}
  delete: {enabled: true}
http: {addr: %q, secret: for-tests}
`, filepath.Join(dir, "data"), address))
	remotetest.Start(t, address, exec.Command(program, "serve", config))
	remotetest.Run(t, remotetest.Backend{
		NoDates: true,
		Open:    func(t *testing.T) remote.Files { return open(t, at("http://"+address), nil) },
		Create:  remotetest.Refused,
	})
}

package oci_test

import (
	"testing"

	"assetform/apply/remote/remotetest"
)

// TestDockerRegistry runs the contract over docker's own registry.
func TestDockerRegistry(t *testing.T) {
	t.Parallel()
	remotetest.Run(t, remotetest.DockerRegistry(t).Backend)
}

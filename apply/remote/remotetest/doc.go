// Package remotetest is the contract of remote.Files as a test: every backend
// passes it, over a fake in its own tests and over real servers where they are
// installed.
//
// Run tests what is promised while all goes well; RunWeb, for what speaks HTTP,
// puts a server before the backend's that does what networks, proxies and
// strangers do. Places are the servers, for whatever else is to run over each of
// them. The package is for tests alone.
package remotetest

// Package https keeps a remote's files on a web server: any that takes PUT,
// with WebDAV or without.
//
// A token goes to the one origin that the environment names with it, a password
// of the netrc file to the host that it stands for. List and the making of
// directories are WebDAV's; a server that has neither lists nothing and makes
// its directories by itself. Start reading at Open.
package https

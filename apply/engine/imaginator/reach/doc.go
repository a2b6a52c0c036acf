// Package reach keeps requests away from addresses at which no server on the
// internet has any business: this machine, the local network, the metadata
// service of a cloud. A result URL comes from a server, a redirect from any,
// and a name resolves to whatever its owner likes; so the address is looked at
// when it is dialled, after all of that.
//
// Such an address may be dialled where the API itself was reached at one of
// the same class in this run: results of a server on this machine come from
// this machine. Where the environment names a proxy, the proxy dials, and only
// the spelling of the URL's host can be looked at.
//
// The package also holds that nothing goes by a weaker scheme than the API's,
// and nothing in the clear to another machine. Start reading at RoundTrip.
package reach

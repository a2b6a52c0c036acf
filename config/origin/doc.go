// Package origin says where requests may go. An Origin is scheme, host and
// port in one canonical form, so that two spellings of one place are equal and
// two places never are; Parse refuses every address of which people and
// programs could think differently: user names, backslashes, characters that
// are not ASCII, IPv4 addresses in odd spellings, zones.
//
// Allowed is a list of addresses from outside the repository. What a
// configuration or a journal names is compared with it before a key or a
// picture leaves this machine.
//
// The package sends nothing and resolves no names; what a name leads to is
// looked at when it is dialled. Start reading at Parse.
package origin

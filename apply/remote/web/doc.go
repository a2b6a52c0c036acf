// Package web is what the backends that speak HTTP have in common: files at
// addresses, by GET, HEAD, PUT and DELETE, and what an answer means.
//
// No redirect carries credentials, and none of a write is followed. A page in
// the place of a file is no answer: it comes from a proxy or asks somebody to
// sign in. A write whose answer is lost may have been made, and its error says
// so. No error has an address with a query or a server's own text in it. Start
// reading at Site.
package web

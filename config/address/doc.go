// Package address is the one grammar of asset addresses: image.knight,
// variant.card["640"], module.ui["en"].image.icon["sword"].
//
// It decides which texts are addresses, in which form one is written, what a
// target (an asset, a block or a module) covers, and what a pattern with `*`
// matches. It knows nothing of any project: whether an asset of that name is
// declared, recorded or wanted is asked elsewhere.
//
// The invariant: an address has one text, in NFC. String gives it, ParseExact accepts
// it alone and Parse gives it back whatever was typed, so that equal texts and
// equal values are the same asset, in configuration, lock, plan and journal.
//
// Start reading at Address; parse.go reads texts, traversal.go what stands in
// configuration. The package imports nothing else of assetform.
package address

package lockfile

import "assetform/config/address"

// Version 1 is read for ever and means what it meant. It differs from the
// later version in its cost alone: "credits" of an image and "videos" of a
// video, always written, also where the engine on this machine, which was
// called "local", had made the result for nothing.
const (
	legacyVersion = 1

	creditsField = "credits"
	videosField  = "videos"
	creditsUnit  = "image_credits"
	videosUnit   = "videos"
	freeProvider = "local"
)

// legacyUnit is the unit that the cost of an asset has in version 1.
func legacyUnit(kind address.Kind) string {
	if kind == address.Video {
		return videosUnit
	}
	return creditsUnit
}

// setLegacyCost takes over the number that version 1 gives as the cost. What
// was made for nothing has no cost: the number only has to come back when the
// entry is written as it was.
func (e *Entry) setLegacyCost(kind address.Kind, n int) {
	switch {
	case e.Provider == freeProvider:
		e.legacyCost = n
	case n > 0:
		e.Cost = Cost{legacyUnit(kind): n}
	}
}

func appendLegacyCost(b []byte, text string, e *Entry) []byte {
	a, _ := address.ParseExact(text)
	n := e.legacyCost
	if e.Provider != freeProvider {
		n = e.Cost[legacyUnit(a.Kind)]
	}
	field := creditsField
	if a.Kind == address.Video {
		field = videosField
	}
	return appendIntField(b, field, int64(n))
}

package lockfile

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

// legacyUnit is the unit that the cost of an address has in version 1.
func legacyUnit(address string) string {
	if isVideo(address) {
		return videosUnit
	}
	return creditsUnit
}

// setLegacyCost takes over the number that version 1 gives as the cost. What
// was made for nothing has no cost: the number only has to come back when the
// entry is written as it was.
func (e *Entry) setLegacyCost(address string, n int) {
	switch {
	case e.Provider == freeProvider:
		e.legacyCost = n
	case n > 0:
		e.Cost = Cost{legacyUnit(address): n}
	}
}

func appendLegacyCost(b []byte, address string, e *Entry) []byte {
	n := e.legacyCost
	if e.Provider != freeProvider {
		n = e.Cost[legacyUnit(address)]
	}
	field := creditsField
	if isVideo(address) {
		field = videosField
	}
	return appendIntField(b, field, int64(n))
}

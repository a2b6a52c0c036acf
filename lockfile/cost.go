package lockfile

// Cost is what a generation cost, by unit such as "image_credits".
type Cost map[string]int

package webp

// A picture is parted into tiles, and tiles whose symbols are alike share a set
// of codes: a sky needs other ones than a meadow.

const (
	maxTiles  = 2500
	leastTile = 4 // bits of its side
)

type tiles struct {
	bits   int // of a side
	across int
	groups []int // of each tile; nil: there is one group
}

func (t *tiles) at(x, y int) int { return y>>t.bits*t.across + x>>t.bits }

func (t *tiles) groupAt(x, y int) int {
	if t.groups == nil {
		return 0
	}
	return t.groups[t.at(x, y)]
}

// grouped decides which tiles have which codes, writes it, and returns the
// counts of each group's symbols.
func (b *bitWriter) grouped(pix []uint32, w int, list []jump, cacheBits int, t *tiles) []*counts {
	h := len(pix) / w
	for t.bits = leastTile; ((w-1)>>t.bits+1)*((h-1)>>t.bits+1) > maxTiles; {
		t.bits++
	}
	t.across = (w-1)>>t.bits + 1
	each := &perTile{tiles: t, all: make([]*counts, t.across*((h-1)>>t.bits+1))}
	for i := range each.all {
		each.all[i] = newCounts(cacheBits)
	}
	emit(pix, w, list, cacheBits, each)
	g := groupsOf(each.all, cacheBits)
	if len(g.sums) == 1 {
		b.put(0, 1)
		return g.sums
	}
	t.groups = g.of
	b.put(1, 1)
	b.put(t.bits-2, 3)
	image := make([]uint32, len(g.of))
	for i, k := range g.of {
		image[i] = uint32(k) << 8
	}
	b.pixels(image, t.across, false)
	return g.sums
}

// perTile counts symbols for each tile.
type perTile struct {
	tiles *tiles
	all   []*counts
	now   *counts
}

func (t *perTile) start(x, y int)     { t.now = t.all[t.tiles.at(x, y)] }
func (t *perTile) symbol(kind, s int) { t.now[kind][s]++ }
func (t *perTile) extra(int, int)     {}

// groups are tiles that share codes.
type groups struct {
	of   []int // each tile's
	sums []*counts
}

// groupsOf begins with tiles of like costs, joins groups as long as that takes
// fewer bits, and then lets each tile go where it costs the least.
func groupsOf(all []*counts, cacheBits int) *groups {
	g := &groups{of: make([]int, len(all))}
	g.begin(all)
	g.sum(all, cacheBits)
	g.join()
	for range 2 {
		g.settle(all)
		g.sum(all, cacheBits)
	}
	return g
}

// begin parts the tiles by what their greens, reds and blues cost, in four
// steps each.
func (g *groups) begin(all []*counts) {
	const steps = 4
	var least, most [3]int64
	costs := make([][3]int64, len(all))
	for i, c := range all {
		for k := range 3 {
			v := entropy(c[k])
			costs[i][k] = v
			if i == 0 || v < least[k] {
				least[k] = v
			}
			most[k] = max(most[k], v)
		}
	}
	for i, c := range costs {
		for k, v := range c {
			g.of[i] = g.of[i]*steps + int((v-least[k])*steps/(most[k]-least[k]+1))
		}
	}
}

// sum adds up the counts of each group; groups that have no tile go.
func (g *groups) sum(all []*counts, cacheBits int) {
	places := map[int]int{} // looked up alone
	g.sums = g.sums[:0]
	for i, c := range all {
		at, ok := places[g.of[i]]
		if !ok {
			at = len(g.sums)
			places[g.of[i]] = at
			g.sums = append(g.sums, newCounts(cacheBits))
		}
		g.of[i] = at
		g.sums[at].add(c)
	}
}

func (c *counts) add(other *counts) {
	for kind := range c {
		to := c[kind]
		for s, n := range other[kind] {
			to[s] += n
		}
	}
}

// cost is about how many bits the symbols take, with their codes.
func (c *counts) cost() (bits int64) {
	for _, kind := range c {
		bits += entropy(kind)
	}
	return bits
}

// join makes one of the two groups that gain the most by it, over and over.
func (g *groups) join() {
	n := len(g.sums)
	costs := make([]int64, n)
	for i, c := range g.sums {
		costs[i] = c.cost()
	}
	gains := make([][]int64, n)
	scratch := newCounts(maxCacheBits)
	gain := func(i, j int) int64 { return costs[i] + costs[j] - joint(g.sums[i], g.sums[j], scratch) }
	for i := range n {
		gains[i] = make([]int64, n)
		for j := range i {
			gains[i][j] = gain(i, j)
		}
	}
	for {
		most, a, b := int64(0), 0, 0
		for i := range n {
			for j := range i {
				if g.sums[i] != nil && g.sums[j] != nil && gains[i][j] > most {
					most, a, b = gains[i][j], i, j
				}
			}
		}
		if most == 0 {
			break
		}
		g.sums[b].add(g.sums[a])
		g.sums[a] = nil
		costs[b] += costs[a] - most
		for i := range n {
			if i != b && g.sums[i] != nil {
				gains[max(i, b)][min(i, b)] = gain(max(i, b), min(i, b))
			}
		}
	}
	left := g.sums[:0]
	for _, c := range g.sums {
		if c != nil {
			left = append(left, c)
		}
	}
	g.sums = left
}

// joint is the cost of two groups in one.
func joint(a, b, scratch *counts) (bits int64) {
	for kind := range a {
		to := scratch[kind][:len(a[kind])]
		for s, n := range a[kind] {
			to[s] = n + b[kind][s]
		}
		bits += entropy(to)
	}
	return bits
}

// settle gives each tile to the group whose codes suit it best. One that has no
// symbol goes with the one before it.
func (g *groups) settle(all []*counts) {
	lengths := make([][]int32, len(g.sums))
	for k, c := range g.sums {
		lengths[k] = c.lengths()
	}
	type symbol struct{ at, n int }
	var symbols []symbol
	for i, c := range all {
		symbols = symbols[:0]
		at := 0
		for _, kind := range c {
			for s, n := range kind {
				if n > 0 {
					symbols = append(symbols, symbol{at + s, n})
				}
			}
			at += len(kind)
		}
		best, least := 0, int64(-1)
		if len(symbols) == 0 && i > 0 {
			best = g.of[i-1]
		}
		for k := range lengths {
			cost := int64(0)
			for _, s := range symbols {
				cost += int64(s.n) * int64(lengths[k][s.at])
			}
			if len(symbols) > 0 && (least < 0 || cost < least) {
				best, least = k, cost
			}
		}
		g.of[i] = best
	}
}

// lengths are what each symbol costs with codes for these counts, one kind
// after the other.
func (c *counts) lengths() (all []int32) {
	const unknown = 20 << 8 // of a symbol that is not there
	for _, kind := range c {
		sum := 0
		for _, n := range kind {
			sum += n
		}
		for _, n := range kind {
			v := int32(unknown)
			if n > 0 {
				v = int32(logOf(sum) - logOf(n))
			}
			all = append(all, v)
		}
	}
	return all
}

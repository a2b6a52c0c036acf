package plan

import (
	"fmt"
	"image"
	"slices"
	"strings"

	"assetform/config"
	"assetform/config/address"
	"assetform/config/engine"
	"assetform/config/pathname"
	"assetform/lockfile"

	"github.com/hashicorp/hcl/v2"
)

// Options narrow or widen what a plan does.
type Options struct {
	Targets  []string // addresses and globs; empty: everything
	Excludes []string
	Replaces []string
	// OverwriteDrifted allows changed files to be overwritten and deleted.
	OverwriteDrifted bool
	// OverwriteAdopted are addresses and globs of assets whose files may be
	// replaced and deleted although a person made them.
	OverwriteAdopted []string
	// Unprotect lifts the protection that only the lock still has.
	Unprotect []string
	// Max bounds the plan's cost by unit, beside the configuration's budget.
	Max map[string]Max
	// Unpicked lets what is paid for be made of assets of whose candidates nobody
	// has picked one.
	Unpicked bool
	// Destroy plans the deletion of everything that the lock owns.
	Destroy bool
}

// Max is a bound of this run alone.
type Max struct {
	N    int
	Flag string // that set it, for messages
}

// Build compares configuration, lock and snapshot. For each wanted asset the
// first action that applies is taken:
//
//	forget   a removed block with destroy = false names the entry
//	delete   in the lock, not in the configuration
//	import   an import block names it and the lock has no entry for it
//	no-op    inputs and lock agree, the output is there (perhaps drifted)
//	move     same inputs under another address or output path
//	restore  a stored result has these inputs, or the output is missing and
//	         its content is stored, or an asset with equal inputs generates
//	update   an entry stands (or was moved here) and nothing stored fits
//	create   none of these
//
// An asset is decided after the assets whose images it takes, because its
// inputs are known only when theirs are settled.
func Build(p *config.Project, lock *lockfile.Lock, snap Snapshot, opts Options) *Plan {
	b := &builder{
		engines:  p.Engines,
		project:  p,
		lock:     lock,
		snap:     snap,
		opts:     opts,
		changes:  make(map[address.Address]*Change, len(p.Specs)),
		contents: make(map[address.Address]Content, len(p.Specs)),
		leaders:  map[string]*Change{},
		foreseen: map[address.Address]image.Point{},
	}
	b.readEntries()
	b.selectAssets()
	if !opts.Destroy {
		b.followMovedBlocks()
		for _, level := range b.levels() {
			b.decideLevel(level)
		}
	}
	b.dropUnwanted()
	return b.finish()
}

type builder struct {
	engines engine.Registry
	project *config.Project
	lock    *lockfile.Lock
	snap    Snapshot
	opts    Options

	list     []*located                   // in the order of their addresses in the lock
	entries  map[address.Address]*located // by the address they have after moved blocks
	byHash   map[lockfile.InputsHash][]*located
	several  []*located                        // those with candidates
	owners   map[string]*located               // by output path
	sketches map[lockfile.ContentHash]*located // placeholders by their bytes, and by those of what is derived of them
	folded   map[string]*located               // by output path as pathname.Fold has it
	madeBy   map[lockfile.ContentHash]bool     // contents of all entries; built when asked for

	selected   func(address.Address) bool
	requested  func(address.Address) bool
	unprotect  func(address.Address) bool
	givenUp    func(address.Address) bool // --overwrite-adopted
	removed    func(address.Address) *config.Removed
	imports    map[address.Address]config.Import
	wantsPath  map[string]address.Address
	changes    map[address.Address]*Change
	contents   map[address.Address]Content     // what dependants hash, where it is known
	leaders    map[string]*Change              // generating changes by what they generate
	foreseen   map[address.Address]image.Point // sizes of what will be derived, where they are known
	refusals   []Refusal
	diags      hcl.Diagnostics
	duplicates map[address.Address][]address.Address
	kept       []address.Address // results that placeholders leave alone
	notOurs    map[string]bool   // files that stand as the lock says and are not shown to be ours
	broughtBy  map[string]string // commits that have such a file without its entry
	whyNotOurs string
	merged     map[string]lockfile.ContentHash // as Plan.Merged
	stuck      []stuckMove                     // what moved blocks cannot move
	unpulled   []unpulled
}

// stuckMove is an entry that stays where it is although a moved block says
// that it goes elsewhere.
type stuckMove struct {
	entry *located
	to    address.Address
	block *config.Moved
}

// located is a lock entry and where it stands.
type located struct {
	entry *lockfile.Entry
	at    address.Address // after moved blocks
	from  address.Address // in the lock
	taken bool            // a change continues it,
	by    address.Address // of this asset; zero: it is not part of this plan
}

// readEntries indexes the lock.
func (b *builder) readEntries() {
	b.entries = make(map[address.Address]*located, len(b.lock.Assets))
	b.byHash = make(map[lockfile.InputsHash][]*located, len(b.lock.Assets))
	b.owners = make(map[string]*located, len(b.lock.Assets))
	b.sketches = map[lockfile.ContentHash]*located{}
	b.folded = make(map[string]*located, len(b.lock.Assets))
	addresses := b.lock.Addresses()
	b.list = make([]*located, 0, len(addresses))
	all := make([]struct {
		located
		entry lockfile.Entry
	}, len(addresses))
	for i, text := range addresses {
		a, err := address.Parse(text)
		if err != nil { // the codec checks addresses; a lock made in memory may not have been
			b.errorf(nil, "Unusable address in lock", err.Error())
			continue
		}
		e, l := &all[i].entry, &all[i].located
		*e = b.lock.Assets[text]
		e.Placeholder = e.Placeholder && !b.engines.Charges(e.Provider) // what was paid for is none, whatever it says
		*l = located{entry: e, at: a, from: a}
		b.list = append(b.list, l)
		b.entries[a] = l
		if e.Placeholder {
			b.sketches[e.ContentHash], b.sketches[e.UpstreamHash()] = l, l
		}
		b.byHash[e.InputsHash] = append(b.byHash[e.InputsHash], l)
		if h, ok := NormalHash(b.engines, e); ok {
			b.byHash[h] = append(b.byHash[h], l)
		}
		if len(e.Candidates) > 0 {
			b.several = append(b.several, l)
		}
		b.owners[e.Output] = l
		b.folded[pathname.Fold(e.Output)] = l
	}
	b.followSketches()
	b.wantsPath = make(map[string]address.Address, len(b.project.Specs))
	for _, s := range b.project.Specs {
		b.wantsPath[s.Output] = s.Address
	}
	b.imports = map[address.Address]config.Import{}
	for _, im := range b.project.Imports {
		b.imports[im.To] = im
	}
	b.duplicates = map[address.Address][]address.Address{}
}

// levels groups the wanted assets by the length of their longest chain of
// upstreams, each group in address order.
func (b *builder) levels() [][]*config.Spec {
	depth := map[address.Address]int{} // of those that have upstreams
	var depthOf func(s *config.Spec) int
	depthOf = func(s *config.Spec) int {
		ups := upstreamsOf(s)
		if len(ups) == 0 {
			return 0
		}
		if d, ok := depth[s.Address]; ok {
			return d
		}
		d := 0
		for _, up := range ups {
			if u := b.project.Spec(up); u != nil {
				d = max(d, depthOf(u)+1)
			}
		}
		depth[s.Address] = d
		return d
	}
	var levels [][]*config.Spec
	for _, s := range b.project.Specs {
		d := depthOf(s)
		for len(levels) <= d {
			levels = append(levels, nil)
		}
		levels[d] = append(levels[d], s)
	}
	return levels
}

// upstreamsOf lists the assets whose content an asset's inputs hash covers.
func upstreamsOf(s *config.Spec) []address.Address {
	if len(s.Inputs) == 0 {
		return s.Triggers
	}
	ups := slices.Clone(s.Triggers)
	for _, in := range s.Inputs {
		if !in.Upstream.IsZero() {
			ups = append(ups, in.Upstream)
		}
	}
	return ups
}

// decideLevel decides assets that do not depend on one another.
func (b *builder) decideLevel(level []*config.Spec) {
	wanted := make([]*want, 0, len(level))
	for _, s := range level {
		if !b.selected(s.Address) {
			if l := b.entries[s.Address]; l != nil {
				b.contents[s.Address] = ContentOf(l.entry)
				l.taken = true
			} else if l := b.predecessor(s); l != nil {
				l.taken = true // the plan that has the asset takes it over
			}
			continue
		}
		wanted = append(wanted, b.newWant(s))
	}
	b.pairMoves(wanted)
	b.succeed(wanted)
	b.pairMoves(b.draw(wanted))
	for _, w := range wanted {
		c := b.decide(w)
		b.changes[w.spec.Address] = c
		b.checkMaking(c)
		if w.entry != nil {
			w.entry.taken, w.entry.by = true, w.spec.Address
		}
	}
}

// checkMaking reports what is known to be wrong with a derived asset that is to
// be made, by the sizes of what it is made of: those that the lock has, or a
// stored result, or that follow from how it will be made.
func (b *builder) checkMaking(c *Change) {
	if !c.Action.Generates() || c.Spec == nil || c.Spec.Method.Check == nil {
		return
	}
	size, err := c.Spec.Method.Check(c.Spec.Making(func(s *engine.MakingSource) {
		if up := b.project.Spec(s.Address); up != nil {
			s.Alt = up.Alt
		}
		if e := b.resultOf(s.Address); e != nil {
			s.MediaType, s.Width, s.Height, s.Duration, s.Frames = e.MediaType, e.Width, e.Height, e.Duration, e.Frames
		} else {
			s.Width, s.Height = b.foreseen[s.Address].X, b.foreseen[s.Address].Y
		}
	}))
	if err != nil {
		b.errorf(c.Spec.Range.Ptr(), "Asset cannot be derived", fmt.Sprintf("%s: %s.", c.Address, err))
		return
	}
	b.foreseen[c.Address] = size
}

// resultOf is what is recorded of the content that an asset has by this plan,
// nil where that is not known yet.
func (b *builder) resultOf(a address.Address) *lockfile.Entry {
	var known []*lockfile.Entry
	if c := b.changes[a]; c != nil {
		known = append(known, c.Prior)
		if c.Stored != nil {
			known = append(known, &c.Stored.Entry)
		}
	} else if l := b.entries[a]; l != nil {
		known = append(known, l.entry)
	}
	for _, e := range known {
		if e != nil && b.contents[a].File == e.ContentHash {
			return e
		}
	}
	return nil
}

// finish sorts, counts and prices.
func (b *builder) finish() *Plan {
	p := &Plan{Summary: map[Action]int{}, Origins: b.project.Origins(), Engines: b.engines, Prices: b.project.Prices, Cost: Cost{b.engines.Whole(nil), b.engines.Whole(nil)}}
	var most engine.Cost // at providers that charge
	p.Changes = make([]*Change, 0, len(b.changes))
	for _, c := range b.changes {
		p.Changes = append(p.Changes, c)
		p.Summary[c.Action]++
		p.Cost.Add(c.Cost, c.Conditional)
		if len(c.Cost) > 0 && b.engines.Charges(c.Provider) {
			most = most.Add(c.Cost)
		}
	}
	sortChanges(p.Changes)
	b.checkOurs(p.Changes)
	for _, c := range p.Changes {
		b.guard(c)
		b.warnPicked(c)
	}
	b.checkBudgets(most, b.perhapsCharged(p.Changes))
	p.Free = b.free(p.Changes)
	b.warnDuplicates()
	b.warnKept()
	b.warnContainers(p.Changes)
	b.warnUnpulled(p.Changes)
	p.unpulled = b.unpulled
	b.warnStuck()
	p.Refusals, p.Merged = b.refusals, b.merged
	p.Proven = map[string]bool{}
	for path, not := range b.notOurs {
		p.Proven[path] = !not
	}
	p.Diagnostics = b.diags
	return p
}

// sortChanges sorts by address. The texts are made once: there may be ten
// thousands of them.
func sortChanges(changes []*Change) {
	type named struct {
		text   string
		change *Change
	}
	list := make([]named, len(changes))
	for i, c := range changes {
		list[i] = named{c.Address.String(), c}
	}
	slices.SortFunc(list, func(x, y named) int { return strings.Compare(x.text, y.text) })
	for i, n := range list {
		changes[i] = n.change
	}
}

func (b *builder) errorf(at *hcl.Range, summary, detail string) {
	b.diags = append(b.diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: at})
}

func (b *builder) warnf(at *hcl.Range, summary, detail string) {
	b.diags = append(b.diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: summary, Detail: detail, Subject: at})
}

package apply

import (
	"cmp"
	"container/heap"
	"fmt"
	"time"

	"assetform/apply/journal"
	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// nodeState says how far the scheduler has come with a change.
type nodeState int

const (
	nodeWaiting nodeState = iota // for upstreams
	nodeQueued                   // for a slot, a limit, or another one with the same inputs
	nodeRunning
	nodeDone  // carried out
	nodeEnded // failed, skipped or unknown
	nodeHeld  // waits for a pick
)

// node is one change in the graph. Only the coordinator reads and writes it,
// except that a running asset's goroutine owns fp, hash and the fields below
// them.
type node struct {
	change     *plan.Change
	state      nodeState
	waitsFor   int     // upstreams that are not done
	dependants []*node // that take this one's content
	chain      int     // generations in the longest chain of dependants, this one included
	coalesced  []*node // that wait because they turned out to want the same inputs
	failed     bool    // an upstream failed
	skipped    bool    // and so it was not tried

	// Of a candidate: the asset that it is one of, and its number. What it takes
	// is that asset's; it has neither output nor entry of its own.
	of     *node
	number int
	// Of an asset with candidates: what came of each, by number.
	results map[int]*lockfile.Entry
	intents []string    // whose results these are
	spent   engine.Cost // for them, in this run

	fp         plan.Fingerprint
	hash       lockfile.InputsHash                 // once it is known
	begun      time.Time                           // zero until the first start
	unclaimed  *journal.Intent                     // a journaled task that no asset asks for
	stored     *lockfile.Entry                     // the result to restore
	looked     bool                                // in the remote for its result
	claimed    claimed                             // what it knows of the claims on its inputs
	fromRemote bool                                // which was there
	entry      *lockfile.Entry                     // once it is done: what dependants take
	led        *lockfile.Entry                     // what the asset that it waited for has now
	upstreams  map[address.Address]*lockfile.Entry // of a derived asset that is about to be made
}

func (n *node) address() address.Address {
	if n.unclaimed != nil {
		return n.unclaimed.Address
	}
	return n.change.Address
}

// title is the asset in a sentence, and which of its candidates.
func (n *node) title() string {
	if n.number > 0 {
		return fmt.Sprintf("candidate %d of %s", n.number, n.address())
	}
	return n.address().String()
}

// diagnostic is an error about the asset, at its block where there is one.
func (n *node) diagnostic(summary, detail string) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail}
	if n.change != nil && n.change.Spec != nil && n.change.Spec.Range.Filename != "" {
		d.Subject = n.change.Spec.Range.Ptr()
	}
	return d
}

// buildGraph links the plan's changes by the contents they take and measures
// the chains: an asset that much depends on goes first, so that the last
// video does not wait for an image that could have been made at once.
func buildGraph(p *plan.Plan) (map[address.Address]*node, []*node) {
	nodes := make(map[address.Address]*node, len(p.Changes))
	order := make([]*node, 0, len(p.Changes))
	for _, c := range p.Changes {
		n := &node{change: c, fp: c.Fingerprint, hash: c.InputsHash}
		nodes[c.Address] = n
		order = append(order, n)
		order = append(order, candidatesOf(n)...)
	}
	for _, n := range order {
		if n.of != nil {
			n.of.waitsFor++
			n.dependants = append(n.dependants, n.of)
		}
		seen := map[address.Address]bool{}
		link := func(a address.Address) {
			if up := nodes[a]; up != nil && up != n && !seen[a] {
				seen[a] = true
				up.dependants = append(up.dependants, n)
				n.waitsFor++
			}
		}
		for _, im := range n.fp.Images {
			link(im.Upstream)
		}
		for _, t := range n.fp.Triggers {
			link(t.Address)
		}
		link(n.change.WaitFor)
	}
	measureChains(order)
	return nodes, order
}

// measureChains goes through the graph against its edges, without recursion:
// a chain may be as long as the plan.
func measureChains(order []*node) {
	upstreams := make(map[*node][]*node)
	left := make(map[*node]int, len(order))
	var ready []*node
	for _, n := range order {
		left[n] = len(n.dependants)
		for _, d := range n.dependants {
			upstreams[d] = append(upstreams[d], n)
		}
		if len(n.dependants) == 0 {
			ready = append(ready, n)
		}
	}
	for len(ready) > 0 {
		n := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, d := range n.dependants {
			n.chain = max(n.chain, d.chain)
		}
		if n.change.Action.Generates() {
			n.chain++
		}
		for _, up := range upstreams[n] {
			if left[up]--; left[up] == 0 {
				ready = append(ready, up)
			}
		}
	}
}

// nodeHeap orders assets that could start: the longest chain first, then by
// address.
type nodeHeap []*node

func (h nodeHeap) Len() int { return len(h) }
func (h nodeHeap) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[j].chain, h[i].chain), h[i].address().Compare(h[j].address()), cmp.Compare(h[i].number, h[j].number)) < 0
}
func (h nodeHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface; use push.
func (h *nodeHeap) Push(x any) { *h = append(*h, x.(*node)) }

// Pop implements heap.Interface; use pop.
func (h *nodeHeap) Pop() any {
	old := *h
	n := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return n
}

func (h *nodeHeap) push(n *node) { heap.Push(h, n) }
func (h *nodeHeap) pop() *node   { return heap.Pop(h).(*node) }

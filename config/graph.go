package config

import (
	"container/heap"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/evaluation"
)

// Dependants returns the assets that take this one as an input image or are
// triggered by it, sorted by address.
func (p *Project) Dependants(a address.Address) []*Spec { return p.dependants[a] }

// upstreams lists the assets whose content goes into that of s.
func (s *Spec) upstreams() []address.Address {
	var all []address.Address
	for _, in := range s.Inputs {
		if !in.Upstream.IsZero() && !slices.Contains(all, in.Upstream) {
			all = append(all, in.Upstream)
		}
	}
	for _, a := range s.Triggers {
		if !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	return all
}

// buildGraph orders the assets. Cycles that only paths make, which evaluation
// cannot see, are reported here.
func buildGraph(p *Project, reports *evaluation.Reports) {
	p.dependants = map[address.Address][]*Spec{}
	if !slices.ContainsFunc(p.Specs, func(s *Spec) bool { return len(s.Inputs)+len(s.Triggers) > 0 }) {
		p.order = p.Specs
		return
	}
	index := make(map[address.Address]int, len(p.Specs))
	waiting := make([]int, len(p.Specs))
	for i, s := range p.Specs {
		index[s.Address] = i
	}
	for i, s := range p.Specs {
		for _, up := range s.upstreams() {
			p.dependants[up] = append(p.dependants[up], s)
			waiting[i]++
		}
	}
	// The specs are sorted by address, so the smallest index that is ready
	// is the next.
	ready := &indexHeap{}
	for i := range p.Specs {
		if waiting[i] == 0 {
			heap.Push(ready, i)
		}
	}
	for ready.Len() > 0 {
		s := p.Specs[heap.Pop(ready).(int)]
		p.order = append(p.order, s)
		for _, d := range p.dependants[s.Address] {
			i := index[d.Address]
			if waiting[i]--; waiting[i] == 0 {
				heap.Push(ready, i)
			}
		}
	}
	if len(p.order) < len(p.Specs) {
		reportAssetCycles(p, reports, waiting, index)
	}
}

// reportAssetCycles finds the cycles among the assets that could not be
// ordered: one of each set of assets that all lead to each other.
func reportAssetCycles(p *Project, reports *evaluation.Reports, waiting []int, index map[address.Address]int) {
	members := map[int]bool{}
	for i, s := range p.Specs {
		if waiting[i] == 0 {
			continue
		}
		members[i] = true
		if slices.Contains(s.upstreams(), s.Address) {
			reports.Report(s.Range, "Reference to itself", "%s takes its own output %q as an image. An asset cannot be made from itself.", s.Address, s.Output)
		}
	}
	up := func(i int) (next []int) {
		for _, a := range p.Specs[i].upstreams() {
			if j, known := index[a]; known && j != i {
				next = append(next, j)
			}
		}
		return next
	}
	down := func(i int) (next []int) {
		for _, s := range p.dependants[p.Specs[i].Address] {
			if j := index[s.Address]; j != i {
				next = append(next, j)
			}
		}
		return next
	}
	// What only waits for a cycle is in none.
	for _, i := range slices.Sorted(maps.Keys(members)) {
		for queue := []int{i}; len(queue) > 0; queue = queue[1:] {
			i := queue[0]
			if members[i] && !slices.ContainsFunc(down(i), func(j int) bool { return members[j] }) {
				delete(members, i)
				queue = append(queue, up(i)...)
			}
		}
	}
	for _, i := range slices.Sorted(maps.Keys(members)) {
		if !members[i] {
			continue
		}
		above, below := reachable(i, members, up), reachable(i, members, down)
		component := map[int]bool{}
		for j := range above {
			if below[j] {
				component[j] = true
			}
		}
		delete(members, i)
		if component[i] {
			maps.DeleteFunc(members, func(j int, _ bool) bool { return component[j] })
			reportAssetCycle(reports, shortestCycle(p.Specs, index, component))
		}
	}
}

// reachable are the members that next leads to from one, which is among them
// only if it leads back there.
func reachable(from int, members map[int]bool, next func(int) []int) map[int]bool {
	seen := map[int]bool{}
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		for _, j := range next(queue[0]) {
			if members[j] && !seen[j] {
				seen[j] = true
				queue = append(queue, j)
			}
		}
	}
	return seen
}

// shortestCycle finds a shortest cycle through the first asset of a strongly
// connected component, breadth first.
func shortestCycle(specs []*Spec, index map[address.Address]int, members map[int]bool) []*Spec {
	start := len(specs)
	for i := range members {
		start = min(start, i)
	}
	from := map[int]int{}
	queue := []int{start}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, up := range specs[i].upstreams() {
			j := index[up]
			if j == start && i != start {
				var cycle []*Spec
				for ; i != start; i = from[i] {
					cycle = append(cycle, specs[i])
				}
				cycle = append(cycle, specs[start])
				slices.Reverse(cycle)
				return cycle
			}
			if _, seen := from[j]; !seen && members[j] && j != start {
				from[j] = i
				queue = append(queue, j)
			}
		}
	}
	return nil
}

func reportAssetCycle(reports *evaluation.Reports, cycle []*Spec) {
	if len(cycle) == 0 {
		return
	}
	first := 0
	for i, s := range cycle {
		if diag.CompareRanges(s.Range, cycle[first].Range) < 0 {
			first = i
		}
	}
	cycle = slices.Concat(cycle[first:], cycle[:first])
	var b strings.Builder
	for i, s := range cycle {
		fmt.Fprintf(&b, "\n  %s (%s) needs the image of %s", s.Address, diag.Place(s.Range), cycle[(i+1)%len(cycle)].Address)
	}
	reports.Report(cycle[0].Range, "Cycle of assets", "None of these can be generated first:%s\nRemove one of the inputs.", b.String())
}

// indexHeap is a heap of indexes, the smallest on top.
type indexHeap []int

func (h indexHeap) Len() int           { return len(h) }
func (h indexHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h indexHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *indexHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *indexHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

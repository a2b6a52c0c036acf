package config

import (
	"math"

	"assetform/config/engine"
)

// MaxCandidates is how many results an asset may have to pick from.
const MaxCandidates = 16

// candidates evaluates how many results there are to pick from. Where the asset
// has a number that gives another take, each candidate's is one higher than that
// of the one before.
func (d *draft) candidates() bool {
	d.spec.Candidates = 1
	s, set := d.setting("candidates")
	if !set {
		return true
	}
	n, ok := d.integer(s)
	if !ok {
		return false
	}
	if n < 1 || n > MaxCandidates {
		s.report(d.reports, "Invalid value of candidates", "Found %d, but %s must have from 1 to %d candidates.", n, d.spec.Address, MaxCandidates)
		return false
	}
	if take, ok := d.spec.Take(); ok && take.Value.(int64) > math.MaxInt64-(n-1) {
		s.report(d.reports, "Invalid value of candidates", "The %s of %s is raised by one for each candidate, and that of number %d would not be of 64 bits. Lower the %s or the number of candidates.",
			take.Name, d.spec.Address, n, take.Name)
		return false
	}
	d.spec.Candidates = int(n)
	return true
}

// Take is the parameter of which another number gives another take of the same,
// if the asset sets it.
func (s *Spec) Take() (Param, bool) {
	if s.Method == nil {
		return Param{}, false
	}
	for _, p := range s.Params {
		m, _ := s.Method.Param(p.Name)
		if _, number := p.Value.(int64); number && m.Take && m.Type == engine.Integer {
			return p, true
		}
	}
	return Param{}, false
}

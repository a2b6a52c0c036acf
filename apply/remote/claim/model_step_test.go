package claim

// stepping is what one machine may do next.
type stepping struct {
	*model
	w    *world
	i    int
	a    machine
	then func(world)
}

// to goes on with a machine as change leaves it.
func (s *stepping) to(w world, change func(*machine)) {
	change(&w.machines[s.i])
	w.weigh()
	s.then(w)
}

// again ends a run, and with it what the machine has in memory.
func again(a *machine) {
	*a = machine{at: idle, posts: a.posts, account: a.account, old: a.old}
}

// left ends a run whose last word on its claim did not get through. Its journal
// has that.
func left(a *machine) {
	if !a.carried {
		a.old = a.n
	}
	again(a)
}

func at(next step) func(*machine) { return func(a *machine) { a.at = next } }

// write writes into its claim, and goes on in one of two ways.
func (s *stepping) write(state State, then, failed func(*machine)) {
	s.writeAt(s.a.n, state, then, failed)
}

func (s *stepping) writeAt(n int8, state State, then, failed func(*machine)) {
	s.put(s.w, n, record{stateOf(state), s.a.key, s.a.task, s.w.claims[n].account}, func(v world, answered bool) {
		if v.weigh(); state == Released && n >= v.given && (answered || v.lateAt == 0) {
			v.given = 0 // it is released, or never will be
		}
		if answered {
			s.to(v, then)
		} else {
			s.to(v, failed)
		}
	})
}

func (s *stepping) step() {
	w, a, m := s.w, s.a, s.model
	if m.drop == renewalsApart && a.n > 0 && w.lateAt == 0 && w.hasLate > 0 && a.at >= reading && a.at <= announcing {
		v := *w
		v.late, v.lateAt, v.hasLate = record{state: stateOf(Claimed), account: a.account}, a.n, 0
		s.then(v)
	}
	if a.old > 0 && a.old < a.n { // what did not get through is written beside all else
		v := *w
		v.claims[a.old].state = stateOf(Released)
		s.to(v, func(a *machine) { a.old = 0 })
	}
	switch a.at {
	case idle:
		if n := w.newest() + 1; !w.result && a.posts < maxPosts && n <= maxClaims {
			s.claim(n)
		}
	case creating: // of those alone that do not keep to the rules
		if w.claims[a.n].state != 0 && m.drop != atomicCreate {
			s.to(*w, again)
			break
		}
		v := *w
		v.claims[a.n] = record{state: stateOf(Claimed), account: a.account}
		s.to(v, func(a *machine) {
			if a.at = reading; m.drop == createFirst || a.m == 0 {
				a.at = looking
			}
		})
	case reading:
		s.to(*w, s.read)
	case looking:
		if w.result && m.drop != lookAgain {
			s.to(*w, at(releasing))
		} else {
			s.decide()
		}
	case announcing:
		s.announce()
	case asking:
		if above := w.claims[a.n+1].state != 0; MaySend(above) || m.drop == askAbove {
			s.to(*w, at(sending))
		} else {
			s.to(*w, at(releasing))
		}
	case sending:
		s.send()
	case settling:
		if m.honours { // the same again
			v := *w
			task := m.create(&v, a.account, a.key)
			s.to(v, func(a *machine) { a.task, a.at = task, accepting })
			s.to(*w, at(unsure)) // a refusal says nothing of the first one
		} else {
			s.find(unsure)
		}
	case accepting:
		if m.drop == resultFirst {
			s.write(Released, at(collecting), at(collecting))
		} else {
			s.write(Task, at(collecting), at(collecting))
		}
	case collecting:
		s.collect()
	case releasing: // nothing was created, or the result is there
		switch state := WithoutTask(a.carried && !w.result); {
		case state == Released, m.drop == carriedStays:
			s.write(Released, again, left)
		default:
			s.to(*w, again)
		}
	case resuming:
		s.resume()
	case forgetting:
		s.write(Released, again, func(a *machine) { a.carried = false; left(a) })
	case rereading:
		s.reread()
	case givingUp:
		s.writeAt(a.m, Released, again, again)
	}
}

// claim takes claim n. What is below has ended, or is taken for expired.
func (s *stepping) claim(n int8) {
	v := *s.w
	next := func(a *machine) {
		if a.n, a.m, a.key, a.task, a.at = n, n-1, n, 0, reading; n == 1 {
			a.verdict, a.at = Free, looking
		}
	}
	switch s.drop {
	case atomicCreate:
		s.to(v, func(a *machine) { next(a); a.at = creating })
	case createFirst:
		s.to(v, func(a *machine) {
			if next(a); n == 1 {
				a.at = creating
			}
		})
	default: // who finds that it is taken begins anew
		v.claims[n] = record{state: stateOf(Claimed), account: s.a.account}
		s.to(v, next)
	}
}

// read reads the next claim downwards.
func (s *stepping) read(a *machine) {
	below := s.w.claims[a.m]
	c := below.claim()
	if a.m == a.old { // its own
		c.State = c.Unsent(false)
	}
	if !c.Says() && s.drop != pastClaimed {
		if a.m--; a.m > 0 {
			return
		}
		c = Claim{}
	} else if !c.Says() {
		a.m, c = 0, Claim{}
	}
	r := Reader{HonoursKeys: s.honours, Key: names[a.account]}
	if s.drop == othersKey {
		r.Key = c.Key
	}
	a.verdict = r.Judge(int(a.m), c)
	if s.drop == neverSends && (a.verdict == Question || a.verdict == Carry) {
		a.verdict = Free
	}
	if a.m = 0; a.verdict != Free {
		a.key, a.task = below.key, below.task
	}
	if a.at = looking; s.drop == createFirst {
		a.at = creating
	}
}

// decide goes on from what was read below.
func (s *stepping) decide() {
	switch s.a.verdict {
	case Free:
		s.to(*s.w, at(announcing))
	case Carry:
		s.to(*s.w, func(a *machine) { a.carried, a.at = true, announcing })
	case Resume:
		s.to(*s.w, at(accepting))
	case Question:
		s.find(stuck)
	case Foreign:
		s.to(*s.w, at(stuck))
	}
	// A run that is to end goes no further.
	if s.drop == stayClaimed && s.a.verdict == Question || s.a.verdict == Free || s.drop == freeToRelease {
		s.write(Released, again, again)
	}
}

// find looks for a request in the task list.
func (s *stepping) find(or step) {
	if task := s.w.found[s.a.account][s.a.key]; s.list && task > 0 {
		s.to(*s.w, func(a *machine) { a.task, a.at = task, accepting })
	}
	s.to(*s.w, at(or))
}

func (s *stepping) announce() {
	failed := at(releasing)
	switch s.drop {
	case writesFail:
		failed = at(asking)
	case numberOnce: // released is attempted, and the number used all the same
		failed = func(*machine) {}
		s.write(Released, failed, failed)
	case answered:
		if !s.a.early {
			if s.w.claims[s.a.n+1].state == 0 {
				s.to(*s.w, func(a *machine) { a.early = true })
			}
			return
		}
		s.write(Sending, func(a *machine) { a.early, a.at = false, sending }, failed)
		return
	}
	s.write(Sending, at(asking), failed)
}

func (s *stepping) send() {
	v := *s.w
	v.machines[s.i].posts++
	paid := v
	task := s.create(&paid, s.a.account, s.a.key)
	s.to(paid, func(a *machine) { a.task, a.at = task, accepting })
	if !v.limited {
		refused := v
		refused.limited = true
		s.to(refused, at(releasing))
	}
	if v.lost > 0 {
		v.lost--
		arrived := v
		s.create(&arrived, s.a.account, s.a.key)
		s.to(arrived, at(settling))
		if v.pending == 0 {
			v.pending, v.account = s.a.key, s.a.account
			s.to(v, at(settling))
		}
	}
}

func (s *stepping) collect() {
	if s.a.task == s.w.failed {
		s.write(Failed, again, again)
		return
	}
	v := *s.w
	if s.fails && v.failed == 0 {
		v.failed = s.a.task
		v.paid--
		s.then(v)
		v = *s.w
	}
	v.result = true
	s.to(v, func(a *machine) { a.carried, a.at = false, releasing })
}

// resume is what a run does first whose journal has a request of unknown outcome.
func (s *stepping) resume() {
	w, a := s.w, s.a
	var above []Claim
	for _, r := range w.claims[a.n+1 : w.newest()+1] {
		above = append(above, r.claim())
	}
	own := w.claims[a.n].claim()
	own.IdempotencyKey = names[a.key]
	task, mayResend := Since(own, above)
	if s.drop == sinceFirst {
		task, mayResend = "", true
	}
	switch {
	case task != "":
		s.to(*w, func(a *machine) { a.task, a.at = int8(task[0]-'0'), accepting })
	case mayResend && s.honours:
		s.to(*w, at(settling))
	default:
		s.find(unsure)
	}
}

// startAgain has the machine killed and started again.
func (s *stepping) startAgain() {
	w, a := *s.w, s.a
	if w.restarts == 0 || a.at == idle {
		return
	}
	w.restarts--
	s.to(w, func(a *machine) { *a = machine{at: idle, account: a.account} }) // on a disk that has nothing
	noted := !a.carried || s.drop == carriedNoted
	switch {
	case (a.at == announcing || a.at == asking) && noted, s.drop == intentFirst && a.at >= sending && a.at <= accepting:
		s.to(w, func(a *machine) { a.carried = false; left(a) })
	case a.at == releasing && !w.result:
		s.to(w, left)
	case a.at == sending, a.at == settling, a.at == unsure:
		s.to(w, at(resuming))
	}
}

// person does what the program has offered.
func (s *stepping) person() {
	w, a := *s.w, s.a
	if a.at == stuck { // nobody does anything, and a later run looks again
		s.to(w, again)
	}
	if w.persons == 0 || a.at != unsure && a.at != stuck {
		return
	}
	w.persons--
	if task := w.found[a.account][a.key]; task > 0 { // tasks attach
		v := w
		switch n := w.newest() + 1; {
		case a.at == unsure:
			s.to(v, func(a *machine) { a.task, a.at = task, accepting })
		case a.verdict == Question && n <= maxClaims:
			v.claims[n] = record{stateOf(Task), a.key, task, a.account} // with the key of the request that it answers
			s.to(v, func(a *machine) { a.n, a.task, a.at = n, task, collecting })
		}
	}
	if a.at == unsure { // tasks forget
		w.given = a.n
		s.to(w, at(forgetting))
		return
	}
	if n := w.newest() + 1; s.drop == ownToRelease { // tasks forget --claim
		said := n - 1
		for said > 1 && !w.claims[said].claim().Says() {
			said--
		}
		if r := w.claims[said]; r.claim().Says() && !r.claim().State.Ended() {
			w.given = said
			s.to(w, func(a *machine) { a.m, a.key, a.task, a.at = said, r.key, r.task, givingUp })
		}
	} else if n <= maxClaims {
		w.claims[n] = record{state: stateOf(Claimed), account: a.account}
		s.to(w, func(a *machine) { a.n, a.m, a.key, a.task, a.at = n, n-1, n, 0, rereading })
	}
}

// reread reads downwards what a person gives up.
func (s *stepping) reread() {
	switch r := s.w.claims[s.a.m]; {
	case s.a.m == 0, r.claim().State.Ended():
		s.to(*s.w, again)
	case !r.claim().Says():
		s.to(*s.w, func(a *machine) { a.m-- })
	default:
		v := *s.w
		v.given = s.a.m
		s.to(v, func(a *machine) { a.m, a.at = a.n, givingUp })
	}
}

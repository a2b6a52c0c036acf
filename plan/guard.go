package plan

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/format"
	"assetform/config/pathname"
	"assetform/config/worktree"
	"assetform/lockfile"

	"github.com/hashicorp/hcl/v2"
)

// guard finds why a change must not be applied: it would destroy something
// that assetform did not write or that a person changed, it would replace
// what is protected, or it would generate from an image that is not the one
// the inputs hash names.
func (b *builder) guard(c *Change) {
	b.guardProtection(c)
	b.guardAdopted(c)
	switch c.Action {
	case NoOp, Forget, Import:
		return
	case Delete:
		if !c.KeepFile {
			b.guardOld(c, c.Output)
		}
		return
	}
	if (c.Action != Move || c.PreviousOutput != "") && !c.KeepOutput {
		b.guardSpelling(c)
		b.guardOutput(c)
	}
	if c.PreviousOutput != "" && !c.KeepFile {
		if _, taken := b.wantsPath[c.PreviousOutput]; !taken {
			b.guardOld(c, c.PreviousOutput)
		}
	}
	if c.Action.Generates() && !slices.Contains(c.Reasons, ReasonResume) {
		b.guardUpstreams(c)
		b.guardPlaceholders(c)
	}
}

// guardOutput looks at what stands where the change will write.
func (b *builder) guardOutput(c *Change) {
	state := b.snap.Files[c.Output]
	owner := b.owners[c.Output]
	switch {
	case state.Kind == worktree.Absent && b.keepsPath(owner, c):
		b.refuse(c, RefusedForeign, "Output path is taken", fmt.Sprintf("The lock gives %q to %s, which this plan leaves as it is, though no file stands there. %s", c.Output, owner.from, b.together(c)))
	case state.Kind == worktree.Absent:
	case state.Kind == worktree.Foreign:
		b.refuse(c, RefusedForeign, "Output path is taken", fmt.Sprintf("assetform cannot write %q: %s. Move that away, or choose another output.", c.Output, state.What))
	case b.willHold(c, state.Hash):
	case owner != nil && state.Is(owner.entry.ContentHash):
		if owner.at != c.Address && owner.from != c.Address && owner.by != c.Address && !b.changesPath(owner) {
			b.refuse(c, RefusedForeign, "Output path is taken", fmt.Sprintf("%q holds the output of %s, which this plan leaves where it is. %s", c.Output, owner.from, b.together(c)))
		} else if b.notOurs[c.Output] {
			b.refuseNotOurs(c)
		}
	case b.replaceable(c.Output, state.Hash):
	case owner != nil && b.isMerged(c, state):
	case owner != nil:
		b.refuseDrift(c, c.Output)
	case b.stands(c.Output) != "":
		b.refuse(c, RefusedForeign, "Output path is taken", fmt.Sprintf("The file %q is not one that assetform wrote, so it is not overwritten, and it cannot be the result of %s: %s. Move it away.", c.Output, c.Address, b.stands(c.Output)))
	default:
		b.refuse(c, RefusedForeign, "Output path is taken", fmt.Sprintf("The file %q is not one that assetform wrote, so it is not overwritten. To make it the result of %s run \"assetform adopt %s\" or add an import block; otherwise move it away.", c.Output, c.Address, word(c.Address)))
	}
}

// guardSpelling refuses to write beside an entry whose path differs only in
// what some systems ignore, unless that entry goes before anything is written:
// no lock may name both.
func (b *builder) guardSpelling(c *Change) {
	l := b.folded[pathname.Fold(c.Output)]
	if l == nil || l.entry.Output == c.Output {
		return
	}
	other := b.changes[l.by]
	if other == nil {
		other = b.changes[l.from]
	}
	if other == c || other != nil && (other.Action == Delete || other.Action == Forget || other.Action == Move && other.Output != l.entry.Output) {
		return
	}
	b.refuse(c, RefusedForeign, "Output path is taken", fmt.Sprintf("%q differs only in case or Unicode form from %q, the output of %s, and some systems ignore that. Apply first what takes %s away from there.", c.Output, l.entry.Output, l.from, l.from))
}

// willHold tells whether the path already has what the change would write.
func (b *builder) willHold(c *Change, h lockfile.ContentHash) bool {
	switch {
	case c.Stored != nil:
		return c.Stored.Entry.ContentHash == h
	case c.Action == Move || c.Action == Restore && c.WaitFor.IsZero():
		return c.Prior != nil && (c.Prior.ContentHash == h || c.Action == Move && c.Prior.SourceHash == h) // moved back, it is not converted any more
	}
	return false
}

// together says how two assets that want one path get on.
func (b *builder) together(c *Change) string {
	if b.project.Placeholders {
		return fmt.Sprintf("A placeholder takes no result's place: leave %s out with --exclude %s, or give it another output.", c.Address, diag.ShellWord(c.Address.String()))
	}
	return "Plan both together."
}

// keepsPath tells that after this plan the lock still has the path for another
// asset's entry.
func (b *builder) keepsPath(owner *located, c *Change) bool {
	if owner == nil || owner.at == c.Address || owner.from == c.Address || b.changesPath(owner) {
		return false
	}
	gone := b.changes[owner.from]
	return gone == nil || gone.Action != Forget
}

// changesPath tells whether this plan moves, replaces or deletes the entry,
// so that its path becomes free. The asset that continues the entry may have
// another address, and another asset the entry's.
func (b *builder) changesPath(l *located) bool {
	c := b.changes[l.by]
	if c == nil {
		c = b.changes[l.from]
	}
	return c != nil && (c.Action == Delete || c.Output != l.entry.Output)
}

// guardOld looks at a file that the change would take away.
func (b *builder) guardOld(c *Change, path string) {
	state := b.snap.Files[path]
	if !state.Exists() || state.Is(c.Prior.ContentHash) || state.Kind != worktree.Foreign && b.replaceable(path, state.Hash) {
		return
	}
	if state.Kind == worktree.Foreign {
		b.refuse(c, RefusedForeign, "Output path is taken", fmt.Sprintf("assetform cannot take %q away: %s. Move that away first.", path, state.What))
		return
	}
	b.refuseDrift(c, path)
}

func (b *builder) refuseDrift(c *Change, path string) {
	if b.opts.OverwriteDrifted {
		return
	}
	if what := b.stands(path); what != "" {
		b.refuse(c, RefusedDrift, "Output is not what the lock says", fmt.Sprintf("The file %q differs from the lock, and this %s would replace it: %s. Move it away if it is needed, or give it up with --overwrite-drifted.", path, c.Action, what))
		return
	}
	b.refuse(c, RefusedDrift, "Output was changed by hand", fmt.Sprintf("The file %q differs from the lock, and this %s would replace it. Keep the change with \"assetform adopt %s\", or give it up with --overwrite-drifted.", path, c.Action, word(c.Address)))
}

// stands says what stands at an output's path if it is nothing that a person
// made and that could be adopted; "" if it is.
func (b *builder) stands(path string) string {
	switch state := b.snap.Files[path]; {
	case state.Kind == worktree.Foreign:
		return state.What
	case state.Exists() && b.replaceable(path, state.Hash):
		return "the file is the result of another version"
	case state.Kind == worktree.Regular && b.snap.Unfit != nil:
		return b.snap.Unfit(path)
	}
	return ""
}

// otherCandidate says that what stands at an output is another candidate than
// the lock's, as after a merge of a lock and a file of two picks; "" if it is not.
func otherCandidate(a address.Address, prior *lockfile.Entry, state worktree.State) string {
	for i, k := range prior.Candidates {
		if !k.ContentHash.IsZero() && state.Is(k.ContentHash) {
			return fmt.Sprintf("the file is candidate %d, which \"assetform pick %s %d\" makes the output", i+1, diag.ShellWord(a.String()), i+1)
		}
	}
	return ""
}

// refuseNotOurs refuses to overwrite a file that only the lock calls ours.
func (b *builder) refuseNotOurs(c *Change) {
	if b.opts.OverwriteDrifted {
		return
	}
	if c.Prior != nil && c.Prior.Placeholder {
		b.refuse(c, RefusedForeign, "Output is perhaps not ours", fmt.Sprintf("This %s would overwrite %q. The lock says that it is a sketch, but nothing shows that assetform drew it: %s. If it is one, remove it or give it up with --overwrite-drifted; else move it away.", c.Action, c.Output, b.whyNot(c.Output)))
		return
	}
	b.refuse(c, RefusedForeign, "Output is perhaps not ours", fmt.Sprintf("This %s would overwrite %q, which is what the lock says, but nothing shows that assetform wrote it: %s. \"assetform adopt %s\" keeps the file, as the result of today's inputs; --overwrite-drifted gives it up.", c.Action, c.Output, b.whyNot(c.Output), word(c.Address)))
}

// guardUpstreams refuses to generate from an upstream whose file was changed
// by hand: the inputs hash names the lock's content, not what stands there.
func (b *builder) guardUpstreams(c *Change) {
	for _, im := range c.Fingerprint.Images {
		if im.Upstream.IsZero() {
			continue
		}
		up := b.changes[im.Upstream]
		if up == nil || !up.Drifted || up.Action != NoOp && !up.KeepOutput {
			continue
		}
		if b.opts.OverwriteDrifted && b.hasContent(up.Prior) {
			continue
		}
		if up.Stands != "" {
			away := "Move that away; "
			if state := b.snap.Files[up.Output]; state.Kind != worktree.Foreign && b.replaceable(up.Output, state.Hash) {
				away = "" // restore replaces it
			}
			b.refuse(c, RefusedDrift, "Input is not what the lock says", fmt.Sprintf("%s takes the image of %s, but at %q %s. %s\"assetform restore %s\" brings the recorded file back.", c.Address, up.Address, up.Output, up.Stands, away, word(up.Address)))
			continue
		}
		b.refuse(c, RefusedDrift, "Input was changed by hand", fmt.Sprintf("%s takes the image of %s, whose file %q differs from the lock. Accept the change with \"assetform adopt %s\", or bring the recorded file back.", c.Address, up.Address, up.Output, word(up.Address)))
	}
}

// guardProtection refuses what prevent_destroy and prevent_regenerate forbid.
func (b *builder) guardProtection(c *Change) {
	if c.Prior == nil || len(c.Protect)+len(c.Held) == 0 {
		return
	}
	hint := "Set it to false in the lifecycle block to allow that."
	if s := b.project.Spec(c.Address); s == nil || !s.Lifecycle.Declared { // the change of a destroy has no Spec
		hint = fmt.Sprintf("The lock still holds this protection. To lift it, run again with --unprotect %s.", word(c.Address))
	}
	if c.Held != nil {
		hint = fmt.Sprintf("%s takes over the output of %s, whose protection the lock holds. To lift it, run again with --unprotect %s, or say with a moved block that the one is the other: then the new block decides. \"assetform adopt %s\" keeps the file, as the result of today's inputs.",
			c.Address, c.PreviousAddress, word(c.Address), word(c.Address))
		if slices.Contains(c.Protect, lockfile.ProtectRegenerate) {
			hint = "Its own block has it too: set it to false there. Moreover " + hint
		}
	}
	if c.Action == Delete && slices.Contains(c.Protect, lockfile.ProtectDestroy) {
		b.refuse(c, RefusedProtected, "Asset is protected", fmt.Sprintf("%s has prevent_destroy, but this plan deletes it. %s", c.Address, hint))
	}
	if (slices.Contains(c.Protect, lockfile.ProtectRegenerate) || slices.Contains(c.Held, lockfile.ProtectRegenerate)) && (b.changesContent(c) || c.converts()) && !c.Prior.Placeholder {
		b.refuse(c, RefusedProtected, "Asset is protected", fmt.Sprintf("%s has prevent_regenerate, but this plan would give it other content (%s: %s). %s", c.Address, c.Action, joinReasons(c.Reasons), hint))
	}
}

// changesContent tells whether the asset may have other bytes afterwards.
func (b *builder) changesContent(c *Change) bool {
	switch c.Action {
	case Create, Update:
		return !c.KeepOutput && !c.outputStays()
	case Restore:
		return !c.WaitFor.IsZero() || c.Stored != nil && c.Stored.Entry.UpstreamHash() != c.Prior.UpstreamHash()
	}
	return false
}

// converts tells whether the file moves to a name of another format, and so is
// encoded anew.
func (c *Change) converts() bool {
	return (c.Action == Move || c.outputStays()) && format.TypeOf(path.Ext(c.Output)) != format.TypeOf(path.Ext(c.Prior.Output))
}

// perhapsCharged warns of requests whose outcome is unknown, and returns what
// they may have cost beside the plan's own cost: a request that the plan would
// make again is in that already, since it is not sent before it is settled.
func (b *builder) perhapsCharged(changes []*Change) (beside engine.Cost) {
	if len(b.snap.Unsettled) == 0 {
		return beside
	}
	planned := map[lockfile.InputsHash]bool{}
	for _, c := range changes {
		for _, h := range c.generates() {
			planned[h] = true
		}
	}
	var all engine.Cost
	var of []address.Address
	for _, u := range b.snap.Unsettled {
		all = all.Add(u.Cost)
		if !slices.Contains(of, u.Address) {
			of = append(of, u.Address)
		}
		if planned[u.InputsHash] {
			delete(planned, u.InputsHash)
			continue
		}
		beside = beside.Add(u.Cost)
	}
	charged := b.project.Prices.Text(all) + " were charged"
	count := 0
	for _, n := range all {
		count += n
	}
	if count == 1 {
		charged = b.project.Prices.Text(all) + " was charged"
	}
	if all.IsZero() { // a record that says no cost
		charged = "the journal does not say what was charged"
	}
	b.warnf(nil, "Outcomes are unknown", fmt.Sprintf("Requests for %s may have been accepted, and then %s. They count in every budget, and \"assetform apply\" ends with exit code 5, until \"assetform tasks settle\" says what became of them.", addresses(of), charged))
	return beside
}

// checkBudgets compares what paid providers may charge, and what they may have
// charged for requests whose outcome is unknown, with the budgets.
func (b *builder) checkBudgets(most, perhaps engine.Cost) {
	check := func(limit int, unit, source string, at *hcl.Range) {
		cost, held := most[unit], perhaps[unit]
		if cost+held <= limit || cost == 0 {
			return
		}
		b.refusals = append(b.refusals, Refusal{Kind: RefusedBudget, Summary: "Plan is over budget", Subject: at})
		r := &b.refusals[len(b.refusals)-1]
		words := engine.Words(unit, cost)
		r.Detail = fmt.Sprintf("This plan costs up to %d %s, but %s allows %d. Raise it, or apply a part with --target.", cost, words, source, limit)
		if held > 0 {
			r.Detail = fmt.Sprintf("This plan costs up to %d %s and %d more are perhaps charged already, but %s allows %d. Settle them with \"assetform tasks settle\", raise it, or apply a part with --target.", cost, words, held, source, limit)
		}
		b.errorf(at, r.Summary, r.Detail)
	}
	for _, unit := range slices.Sorted(maps.Keys(b.project.Budget.Limits)) {
		check(b.project.Budget.Limits[unit], unit, "the budget", b.project.Budget.Range.Ptr())
	}
	for _, unit := range slices.Sorted(maps.Keys(b.opts.Max)) {
		check(b.opts.Max[unit].N, unit, b.opts.Max[unit].Flag, nil)
	}
}

// free tells whether something is generated and nothing of it is charged, and
// warns of bounds of this run, which then hold nothing back: who sets one to 0
// expects that nothing is generated. A budget of the configuration is there all
// the time; the line of the cost says it of that.
func (b *builder) free(changes []*Change) bool {
	count, provider := 0, ""
	for _, c := range changes {
		if !c.Action.Generates() {
			continue
		}
		if b.engines.Charges(c.Provider) {
			return false
		}
		count, provider = count+1, c.Provider
	}
	if count == 0 {
		return false
	}
	for _, unit := range slices.Sorted(maps.Keys(b.opts.Max)) {
		b.warnf(nil, "Bound without effect", fmt.Sprintf("%s bounds what is paid for, and provider %q charges nothing: it holds none of the assets back that are to be generated (%d).", b.opts.Max[unit].Flag, provider, count))
	}
	return true
}

func (b *builder) refuse(c *Change, kind RefusalKind, summary, detail string) {
	r := Refusal{Address: c.Address, Kind: kind, Summary: summary, Detail: detail}
	if c.Spec != nil {
		r.Subject = c.Spec.Range.Ptr()
		if kind == RefusedForeign {
			r.Subject = c.Spec.OutputRange.Ptr()
		}
	}
	b.refusals = append(b.refusals, r)
	b.errorf(r.Subject, summary, detail)
	diag.SetAddress(b.diags[len(b.diags)-1], c.Address.String())
}

// warnContainers says, before anything is paid, which films may come in a
// container that their output does not fit: the API delivers MP4, and films
// are not converted.
func (b *builder) warnContainers(changes []*Change) {
	for _, c := range changes {
		if c.Action.Generates() && b.engines.Charges(c.Provider) && strings.EqualFold(path.Ext(c.Output), ".webm") {
			b.warnf(c.Spec.OutputRange.Ptr(), "Output may not fit the film", fmt.Sprintf("%s asks for %q, but the service delivers MP4 and films are not converted. If it does so here, the film is paid for and kept in the store, and the asset fails until its output ends in .mp4.", c.Address, c.Output))
		}
	}
}

// warnDuplicates tells about assets that share one generation.
func (b *builder) warnDuplicates() {
	for _, s := range b.project.Specs {
		copies := b.duplicates[s.Address]
		if len(copies) == 0 || b.engines.Derives(s.Provider.Type) {
			continue // what is derived of the same has no other takes
		}
		how := "revision = count.index"
		for _, p := range s.Method.Params {
			if p.Take {
				how = p.Name + ", or " + how
			}
		}
		b.warnf(s.Range.Ptr(), "Assets with equal inputs", fmt.Sprintf("%s and %s have equal inputs, so one result is generated for all of them. For different takes set %s.", s.Address, addresses(copies), how))
	}
}

func addresses(list []address.Address) string {
	const most = 3
	var names []string
	for _, a := range list {
		names = append(names, a.String())
	}
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

func joinReasons(list []Reason) string {
	var texts []string
	for _, r := range list {
		texts = append(texts, string(r))
	}
	return strings.Join(texts, ", ")
}

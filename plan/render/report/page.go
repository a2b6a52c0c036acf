package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/format"
	"assetform/lockfile"
	"assetform/plan"
)

// pages turns a report into what the templates show.
type pages struct {
	report  Report
	media   map[lockfile.ContentHash]*medium
	pageOf  map[string]string // file name by address, former ones too
	was, is sources
	assets  []assetView
}

// view is what every page has.
type view struct {
	Root     string // the way to the report's directory: "" or "../"
	Title    string
	Project  string
	Base     string
	Now      string
	Gallery  bool
	Unpicked bool
}

// indexView is the first page.
type indexView struct {
	view
	Notes   []string
	Filters []filterView
	Cost    string
	Total   int
	Assets  []assetView
}

// filterView are the values that one filter of the list takes.
type filterView struct {
	Name   string
	Label  string
	Values []countView
}

// countView is a value of a filter, and how many assets have it.
type countView struct {
	Value string
	Name  string // for people
	Count int
}

// assetView is one changed asset, on its card and on its page.
type assetView struct {
	Page     string // file name
	Address  string
	Previous string // former address
	Did      plan.Did
	Kind     string
	Provider string
	States   []state
	Choice   string     // what became of its candidates
	Strip    *stripView // its candidates; nil if there is one
	Waiting  []waitingView
	Output   string
	Cost     string
	Prompt   string // for people who search and who listen
	Length   string // of a prompt that its card may not show to the end
	Before   *sideView
	After    *sideView
	Diff     []segment
	Facts    []factView
	Lines    []block    // of texts: the text, or how it changed
	Frames   []factView // of atlases
	MoreOf   string     // says how many frames are not listed
	Source   *sideView  // what a variant was made of, if the report has it
	Same     bool       // both sides are the same bytes
	Compare  bool       // both sides are pictures, or films, that can be laid over each other
	Shares   string     // how many of their pixels differ, see diffshare.go
}

// sideView is one version.
type sideView struct {
	Name    string // "Before" or "After"; "" in a gallery
	Mark    string // says that it is no generated result
	Drifted bool
	File    string
	Thumb   string
	Width   int
	Height  int
	Video   bool
	Alpha   bool
	Problem string
	Notes   []string
	Alt     string
	Opening string     // the first lines of a text
	IsText  bool       // the version is one
	Sheet   *sheetView // what is drawn over an atlas
	Address string     // the asset that a source is the result of
	Page    string     // its page; "" if the report has none
}

// factView is a row of the table of facts.
type factView struct {
	Name          string
	Target        string // what shows it on the page; "": nothing does
	Before, After []valueView
	Changed       bool
}

// valueView is a line of what a row says.
type valueView struct {
	Label   string // stands before it
	Text    string
	Code    bool   // a hash or a path
	Address string // the asset that Text, a hash, is the result of
	Size    string // that asset's, in pixels
	Short   string // the hash, as plans show it
	Page    string // that asset's page; "" if the report has none
	Thumb   string // its small picture; "" if the report has none
	Width   int
	Height  int
}

// assetPage is an asset's own page.
type assetPage struct {
	view
	Asset      *assetView
	Number     int // from 1
	Total      int
	Prev, Next string // file names, "" at the ends
}

// cardPrompt is how many characters of a prompt a card shows for certain.
const cardPrompt = 60

func newPages(r Report, media map[lockfile.ContentHash]*medium) *pages {
	p := &pages{report: r, media: media, pageOf: map[string]string{}, was: findSources(r.Was, r.Is), is: findSources(r.Is, r.Was)}
	taken := make(map[string]bool, len(r.Changes))
	for _, c := range r.Changes {
		p.pageOf[c.Address] = pageName(c.Address, taken)
	}
	for _, c := range r.Changes {
		if _, ok := p.pageOf[c.PreviousAddress]; !ok && c.PreviousAddress != "" {
			p.pageOf[c.PreviousAddress] = p.pageOf[c.Address]
		}
	}
	for i := range r.Changes {
		p.assets = append(p.assets, p.newAsset(&r.Changes[i], p.pageOf[r.Changes[i].Address]))
	}
	return p
}

func (p *pages) view(root, title string) view {
	return view{Root: root, Title: title, Project: p.report.Project, Base: p.report.Base, Now: p.report.Now, Gallery: p.report.Gallery, Unpicked: p.report.Unpicked}
}

// cost is what the new results cost together.
func (p *pages) cost() string {
	var total engine.Cost
	for i := range p.report.Changes {
		total = total.Add(p.report.Changes[i].Cost)
	}
	return p.costText(total)
}

func (p *pages) asset(i int) assetPage {
	a := &p.assets[i]
	page := assetPage{
		view:  p.view("../", a.Address+" – "+p.report.Project),
		Asset: a, Number: i + 1, Total: len(p.assets),
	}
	if i > 0 {
		page.Prev = p.assets[i-1].Page
	}
	if i+1 < len(p.assets) {
		page.Next = p.assets[i+1].Page
	}
	return page
}

func (p *pages) newAsset(c *Change, page string) assetView {
	a := assetView{Page: page, Address: c.Address, Previous: c.PreviousAddress, Did: c.Did, Kind: string(c.kind()), Cost: p.costText(c.Cost)}
	a.Before, a.After = p.side("Before", c, c.Before), p.side("After", c, c.After)
	if p.report.Gallery {
		a.Did, a.After = "", p.side("", c, c.After)
	}
	latest := c.After
	if latest == nil {
		latest = c.Before
	}
	a.Output, a.Prompt = latest.Entry.Output, promptOf(latest)
	a.Provider, a.States = latest.Entry.Provider, statesOf(latest)
	a.Choice, a.Strip, a.Waiting = c.choice(), p.strip(c), p.waiting(c)
	if n := utf8.RuneCountInString(a.Prompt); n > cardPrompt {
		a.Length = diag.Count(n, "character") + " in all"
	}
	a.Diff = diffWords(promptOf(c.Before), promptOf(c.After))
	if p.report.Gallery && a.Prompt != "" {
		a.Diff = []segment{{Text: a.Prompt}}
	}
	a.Facts = p.facts(c)
	a.Frames, a.MoreOf = p.frames(&a, c)
	a.Lines = p.lines(c)
	if c.After != nil {
		a.Source = p.source(c, c.After, p.is)
	} else {
		a.Source = p.source(c, c.Before, p.was)
	}
	if p.report.Gallery && a.Source != nil {
		a.After.Address = c.Address // which of both it is
	}
	if a.Before != nil && a.After != nil {
		a.Same = c.Before.Hash == c.After.Hash
		both := a.Before.File != "" && a.After.File != "" && !a.Same
		a.Shares = p.media[c.Before.Hash].shares[c.After.Hash]
		a.Compare = both && a.Before.Video == a.After.Video
		if a.Before.IsText && a.After.IsText {
			a.Before.Opening, a.After.Opening = openings(p.media[c.Before.Hash].Text, p.media[c.After.Hash].Text)
		}
	}
	return a
}

func promptOf(v *Version) string {
	if v == nil {
		return ""
	}
	text, _ := v.Entry.Inputs["prompt"].AsText()
	return text
}

func (p *pages) side(name string, c *Change, v *Version) *sideView {
	if v == nil {
		return nil
	}
	m := p.media[v.Hash]
	s := &sideView{
		Name: name, File: m.File, Thumb: m.Thumb, Width: m.Width, Height: m.Height,
		Video: m.Video || m.File == "" && c.Video(), Alpha: m.Alpha, Problem: m.Problem, Mark: origin(v), Drifted: v.Drifted,
	}
	if m.content.Open == nil && v.Missing != "" {
		s.Problem = v.Missing // in its own words: others may lack the same content
	}
	if format.Textual(string(c.kind())) && m.IsText {
		s.IsText, s.Opening = true, opening(m.Text)
		if m.Cut {
			s.Notes = append(s.Notes, cutNote())
		}
	}
	if v.Note != "" && v.Note != m.Problem {
		s.Notes = append(s.Notes, v.Note)
	}
	if m.Note != "" {
		s.Notes = append(s.Notes, m.Note)
	}
	s.Sheet = p.sheet(name, v, m)
	if s.Width == 0 && (v.Open == nil || m.File != "") { // of what cannot be shown the lock tells nothing
		s.Width, s.Height = v.Entry.Width, v.Entry.Height
	}
	s.Alt = strings.TrimPrefix(fmt.Sprintf("%s: %s", name, c.Address), ": ")
	if prompt := promptOf(v); prompt != "" {
		s.Alt += ". " + shorten(prompt, 160)
	}
	return s
}

// lines is what changed in a text, or the text of an asset that has one.
func (p *pages) lines(c *Change) []block {
	if !format.Textual(string(c.kind())) {
		return nil
	}
	text := func(v *Version) (string, bool) {
		if v == nil || !p.media[v.Hash].IsText {
			return "", false
		}
		return p.media[v.Hash].Text, true
	}
	was, stood := text(c.Before)
	is, stands := text(c.After)
	switch {
	case stood && stands && was != is:
		return diffLines(was, is)
	case stands:
		return textBlocks(is)
	case stood:
		return textBlocks(was)
	}
	return nil
}

// plural is the name of several assets of a kind.
func plural(kind string) string {
	if strings.HasSuffix(kind, "s") {
		return kind + "es"
	}
	return kind + "s"
}

// shorten cuts a text at a word, and says how much of it is gone.
func shorten(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	cut := string(r[:most])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return cut + " … and " + diag.Count(len(r)-utf8.RuneCountInString(cut), "more character")
}

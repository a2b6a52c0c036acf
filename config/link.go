package config

import (
	"image"
	"path"
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/evaluation"
	"assetform/config/format"
	"assetform/config/pathname"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/text/unicode/norm"
)

// linker connects assets with the images and triggers they name, when all
// assets are known.
type linker struct {
	lang      *language
	files     *worktree.Files
	rootDir   string
	reports   *evaluation.Reports
	images    imageChecker
	failed    map[string]bool // the folded output paths of assets that have errors
	byAddress map[string]*Spec
	byOutput  map[string]*Spec  // by identity of the path relative to the project root
	dirs      map[string]string // real directories by path
	spelled   map[string]spelling
	spellings map[string]bool     // directories that spellsDirs has nothing to say of
	inside    map[string]*Spec    // answers of holder
	texts     map[string]textFile // files with text, by who takes them
}

func newLinker(lang *language, s *sources, reports *evaluation.Reports, failed map[string]bool, n int) *linker {
	return &linker{
		lang: lang, files: s.files, rootDir: s.rootDir, reports: reports, failed: failed,
		images:    imageChecker{files: s.files, known: map[imageUse]lookedAt{}},
		byAddress: make(map[string]*Spec, n), byOutput: make(map[string]*Spec, n), dirs: map[string]string{},
		spelled: map[string]spelling{}, spellings: map[string]bool{}, inside: map[string]*Spec{},
	}
}

// linkAll completes the specs: input images, triggers and references. They
// are sorted by address.
func (l *linker) linkAll(links []link) []*Spec {
	specs := make([]*Spec, 0, len(links))
	slices.SortFunc(links, func(a, b link) int { return strings.Compare(a.text, b.text) })
	for _, link := range links {
		l.byAddress[link.text] = link.spec
		l.claim(link.spec, link.block.decl.attrs["output"])
	}
	for _, link := range links {
		l.spellsDirs(link.spec)
	}
	for _, link := range links {
		l.insideOther(link.spec)
	}
	for _, link := range links {
		for _, ref := range link.inputs {
			l.input(link, ref)
		}
		l.finishLists(link)
		for _, ref := range link.triggers {
			l.trigger(link, ref)
		}
		slices.SortFunc(link.spec.Triggers, address.Address.Compare)
		link.spec.Triggers = slices.Compact(link.spec.Triggers)
		link.spec.References = references(link)
		specs = append(specs, link.spec)
	}
	if !l.reports.HasErrors() {
		sizes := map[*Spec]image.Point{}
		for _, s := range specs {
			l.foresee(s, sizes)
		}
	}
	return specs
}

// foresee reports what a derived asset cannot be made with, and returns the size
// that it will have, zero where that is not known. What it is made of is looked
// at before it; sizes are those that were found, and end what leads to itself.
func (l *linker) foresee(s *Spec, sizes map[*Spec]image.Point) image.Point {
	if s.Method.Check == nil {
		return image.Point{}
	}
	if size, done := sizes[s]; done {
		return size
	}
	sizes[s] = image.Point{}
	size, err := s.Method.Check(s.Making(func(source *engine.MakingSource) {
		if up := l.byAddress[source.Address.String()]; up != nil {
			size := l.foresee(up, sizes)
			source.Alt, source.Width, source.Height = up.Alt, size.X, size.Y
		}
	}))
	if err != nil {
		l.cannotMake(s, err)
		return image.Point{}
	}
	sizes[s] = size
	return size
}

// references are what the block of an asset reads, its inputs and triggers.
func references(link link) []address.Address {
	all := link.block.reads
	extra := func(a address.Address) {
		if _, found := slices.BinarySearchFunc(all, a, address.Address.Compare); !found {
			all = append(slices.Clip(all), a)
			slices.SortFunc(all, address.Address.Compare)
		}
	}
	for _, in := range link.spec.Inputs {
		if !in.Upstream.IsZero() {
			extra(in.Upstream)
		}
	}
	for _, a := range link.spec.Triggers {
		extra(a)
	}
	return all
}

// fullPath is an output relative to the project root.
func (l *linker) fullPath(s *Spec) string { return path.Join(l.rootDir, s.Output) }

// identity is the same for paths that are one file: links among the
// directories that stand are followed, and case and Unicode form do not count.
func (l *linker) identity(full string) string {
	return pathname.Fold(path.Join(l.realDir(path.Dir(full)), path.Base(full)))
}

// realDir is a directory without links, as far as it exists.
func (l *linker) realDir(dir string) string {
	if dir == "." || dir == "/" {
		return dir
	}
	if real, known := l.dirs[dir]; known {
		return real
	}
	real, err := l.files.RealDir(dir)
	if err != nil {
		real = path.Join(l.realDir(path.Dir(dir)), path.Base(dir))
	}
	l.dirs[dir] = real
	return real
}

// claim takes the output path for an asset; attr is what its block says of it.
func (l *linker) claim(s *Spec, attr *hcl.Attribute) {
	key := l.identity(l.fullPath(s))
	other := l.byOutput[key]
	if other == nil {
		l.byOutput[key] = s
		return
	}
	later, earlier := s, other
	if diag.CompareRanges(later.OutputRange, earlier.OutputRange) < 0 {
		later, earlier = earlier, later
	}
	hint := "Give each asset a path of its own."
	switch {
	case pathname.Fold(s.Output) != pathname.Fold(other.Output):
		hint = "A link on the way makes both paths the same file."
	case s.Output != other.Output:
		l.reports.Report(later.OutputRange, "Two assets, one output", "%s writes %q and %s (%s) writes %q. "+
			"The paths differ only in case or Unicode form, which some systems ignore, so that one file would overwrite the other. %s",
			later.Address, later.Output, earlier.Address, diag.Place(earlier.OutputRange), earlier.Output, hint)
		return
	case s.Address.Block() == other.Address.Block() && attr != nil && readsInstance(attr.Expr):
		hint = "What stands in the path for each instance is the same for both. Use each.key or count.index in it as they are."
	case s.Address.Block() == other.Address.Block():
		hint = "Use each.key or count.index in the path."
	}
	l.reports.Report(later.OutputRange, "Two assets, one output", "%s and %s (%s) both write %q. %s",
		later.Address, earlier.Address, diag.Place(earlier.OutputRange), later.Output, hint)
}

// spellsDirs reports an output whose directory another asset spells in other
// letters: what is one directory on some systems is two on others, and a clone
// would miss the files of one of them. l.spelled holds who spells a directory
// first and how, by its folded form; a spelling (behind a "=") is reported once.
func (l *linker) spellsDirs(s *Spec) {
	dir, spelled := l.realDir(path.Dir(l.fullPath(s))), l.spelled
	if l.spellings[dir] {
		return
	}
	for end := range len(dir) + 1 {
		if end < len(dir) && dir[end] != '/' {
			continue
		}
		own := norm.NFC.String(dir[:end])
		first, known := spelled[pathname.Fold(own)]
		switch {
		case !known:
			spelled[pathname.Fold(own)] = spelling{own, s}
			continue
		case first.dir == own:
			continue
		case spelled["="+own].by == nil && l.identity(l.fullPath(s)) != l.identity(l.fullPath(first.by)):
			spelled["="+own] = spelling{own, s}
			l.reports.Report(s.OutputRange, "Directories differ only in case", "%s writes into %q, and %s (%s) into %q. On macOS and Windows these are one directory, so that a clone elsewhere would miss files. Write both alike.",
				s.Address, pathname.Relative(l.rootDir, own), first.by.Address, diag.Place(first.by.OutputRange), pathname.Relative(l.rootDir, first.dir))
		}
		return
	}
	l.spellings[dir] = true
}

// spelling is a directory as an asset writes it.
type spelling struct {
	dir string
	by  *Spec
}

// insideOther reports an output whose directory is another asset's file.
func (l *linker) insideOther(s *Spec) {
	if other := l.holder(path.Dir(l.fullPath(s))); other != nil {
		l.reports.Report(s.OutputRange, "Output inside other output", "%s writes %q, but %q is the file that %s writes (%s), so it cannot be a directory.",
			s.Address, s.Output, other.Output, other.Address, diag.Place(other.OutputRange))
	}
}

// holder is the asset whose file a directory is, or one that it lies in; nil:
// none. All assets have claimed their paths.
func (l *linker) holder(dir string) *Spec {
	if dir == "." || dir == "/" {
		return nil
	}
	other, asked := l.inside[dir]
	if !asked {
		if other = l.byOutput[l.identity(dir)]; other == nil {
			other = l.holder(path.Dir(dir))
		}
		l.inside[dir] = other
	}
	return other
}

// input looks up one input image of an asset.
func (l *linker) input(link link, ref inputRef) {
	in := Input{Name: ref.input.Name, List: ref.input.List, Member: ref.member, Range: ref.setting.at()}
	upstream := l.byAddress[ref.asset]
	var file string
	if ref.asset == "" {
		full, err := pathname.Resolve(link.block.module.mod.dir, ref.path)
		if err != nil {
			if content := contentHint(ref.path); content != "" {
				ref.setting.report(l.reports, "Content in place of a path", "The %s of %s: %s", in.Name, link.spec.Address, content)
				return
			}
			ref.setting.report(l.reports, "Invalid path of input", "The %s of %s cannot be used: %s.%s", in.Name, link.spec.Address, err, elsewhere(ref.path))
			return
		}
		upstream, file = l.producer(link, ref, full)
	}
	switch {
	case upstream == nil && ref.asset != "":
		l.unknownAsset(ref, link)
		return
	case upstream == nil && l.failed[pathname.Fold(file)]:
		return // the asset that writes the file has an error of its own
	case upstream == nil && ref.input.Whole:
		ref.setting.report(l.reports, "File in place of asset", "In the %s of %s stands %q, which no asset writes. What stands there are assets: image.NAME.", in.Name, link.spec.Address, ref.path)
		return
	case upstream == nil:
		head, err := l.images.check(l.use(link, ref, file))
		if err != nil {
			l.noImage(link, ref, file, err)
			return
		}
		if ref.input.Text {
			t := l.text(ref.input, file)
			if t.err != nil {
				l.noImage(link, ref, file, t.err)
				return
			}
			in.Text = t.sum
		}
		in.File, in.Path = head, pathname.Relative(l.rootDir, l.files.Spelled(file))
	case ref.input.Text:
		ref.setting.report(l.reports, "Asset in place of file", "%s is an asset; the %s of %s must be the path of a file that people write.", upstream.Address, in.Name, link.spec.Address)
		return
	case upstream.Address.Kind == address.Video && !ref.input.Films:
		ref.setting.report(l.reports, "Video as input image", "%s is a video; the %s of %s must be %s.", upstream.Address, in.Name, link.spec.Address, l.lang.wanted(ref.input))
		return
	case upstream.Address.Kind == address.Export:
		ref.setting.report(l.reports, "Export as input image", "%s is a text about assets; the %s of %s must be %s.", upstream.Address, in.Name, link.spec.Address, l.lang.wanted(ref.input))
		return
	case !l.takes(link, upstream):
		ref.setting.report(l.reports, "Input image not usable", "%s writes %q, which no service takes; the %s of %s must be a PNG, JPEG or WebP image. Make a variant with such an output.",
			upstream.Address, upstream.Output, in.Name, link.spec.Address)
		return
	default:
		in.Upstream, in.Path = upstream.Address, upstream.Output
	}
	link.spec.Inputs = append(link.spec.Inputs, in)
}

// takes tells whether what an asset writes can be read by who takes it, as far
// as its name tells. What derives says itself what it reads.
func (l *linker) takes(link link, upstream *Spec) bool {
	return l.lang.deriving[link.spec.Address.Kind] != nil || !upstream.Address.Kind.Picture() ||
		format.Delivers(string(address.Image), path.Ext(upstream.Output))
}

// use is what a file must be good for.
func (l *linker) use(link link, ref inputRef, file string) imageUse {
	return imageUse{name: file, films: ref.input.Films, text: ref.input.Text, derives: l.lang.deriving[link.spec.Address.Kind] != nil}
}

// producer finds the asset that writes the file an input names, or the file
// itself. The path of an asset is relative to the root module, so in another
// module it is tried from there as well, unless the module has such a file.
func (l *linker) producer(link link, ref inputRef, full string) (*Spec, string) {
	if s := l.byOutput[l.identity(full)]; s != nil {
		own := l.fullPath(s)
		if norm.NFC.String(own) == norm.NFC.String(full) || pathname.Fold(own) != pathname.Fold(full) {
			return s, ""
		}
		ref.setting.report(l.reports, "Input equals an output", "The %s of %s is %q, which differs only in case from %q, the output of %s. Write %s.",
			ref.setting.name, link.spec.Address, ref.path, s.Output, s.Address, s.Address)
		return s, ""
	}
	if to := l.files.LeadsTo(full); to != full {
		if s := l.byOutput[l.identity(to)]; s != nil {
			return s, ""
		}
	}
	fromRoot, err := pathname.Resolve(l.rootDir, ref.path)
	if err != nil || fromRoot == full {
		return nil, full
	}
	s := l.byOutput[l.identity(fromRoot)]
	if s == nil || s.Output != ref.path {
		return nil, full
	}
	if _, _, err := l.files.Follow(full); err == nil {
		return nil, full
	}
	return s, ""
}

// unknownAsset reports an input that looks like an asset but is none. When
// there are errors already, the asset has probably failed by one of them.
func (l *linker) unknownAsset(ref inputRef, link link) {
	if !l.reports.HasErrors() {
		ref.setting.report(l.reports, "Reference to undeclared asset", "%s of %s has the address %q, which is no asset of this project.",
			ref.setting.name, link.spec.Address, ref.asset)
	}
}

func (l *linker) trigger(link link, ref triggerRef) {
	if s := l.byAddress[ref.asset]; s != nil {
		link.spec.Triggers = append(link.spec.Triggers, s.Address)
	}
}

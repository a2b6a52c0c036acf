package report_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"html"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/render/report"
	"assetform/plan/since"

	"github.com/google/go-cmp/cmp"
)

// pageOf finds the page of an address through the index's links.
func pageOf(t *testing.T, m *memory, address string) string {
	t.Helper()
	for name, b := range m.files {
		if strings.HasPrefix(name, "asset/") && strings.Contains(string(b), `<h1 class="address">`+html.EscapeString(address)+`</h1>`) {
			return name
		}
	}
	t.Fatalf("no page shows %s", address)
	return ""
}

func TestWriteIsDeterministic(t *testing.T) {
	t.Parallel()
	for _, of := range []func(testing.TB) report.Report{sample, derived, picks} {
		a, b := write(t, of(t)), write(t, of(t))
		if !maps.EqualFunc(a.files, b.files, func(x, y []byte) bool { return string(x) == string(y) }) {
			t.Error("two reports of the same changes differ")
		}
	}
}

func TestLinksLeadToFiles(t *testing.T) {
	t.Parallel()
	for _, of := range []func(testing.TB) report.Report{sample, picks} {
		linksLead(t, write(t, of(t)))
	}
}

func linksLead(t *testing.T, m *memory) {
	t.Helper()
	ref := regexp.MustCompile(`(?:href|src|data-file)="([^"#]+)(?:#[^"]*)?"`)
	links := 0
	for name, b := range m.files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, match := range ref.FindAllStringSubmatch(string(b), -1) {
			target := match[1]
			if strings.HasPrefix(name, "asset/") {
				if rest, up := strings.CutPrefix(target, "../"); up {
					target = rest
				} else {
					target = "asset/" + target
				}
			}
			links++
			if _, ok := m.files[target]; !ok {
				t.Errorf("%s: %q leads nowhere", name, match[1])
			}
		}
	}
	if links < 40 {
		t.Errorf("only %d links were found", links)
	}
}

// TestPagesAskNoHost holds every page to the policy: no inline script, style
// or handler, no address of a host.
func TestPagesAskNoHost(t *testing.T) {
	t.Parallel()
	bad := regexp.MustCompile(`(?i)<script(?:[^>]*)>[^<]|<style|\sstyle=|\son[a-z]+=|https?://|javascript:`)
	files := write(t, sample(t)).files
	maps.Copy(files, write(t, derived(t)).files)
	maps.Copy(files, write(t, picks(t)).files)
	for name, b := range files {
		switch {
		case strings.HasSuffix(name, ".html"):
			if found := bad.Find(b); found != nil {
				t.Errorf("%s has %q", name, found)
			}
			if !strings.Contains(string(b), `http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;`) && !strings.Contains(string(b), `content="default-src 'none'; img-src 'self'`) {
				t.Errorf("%s has no policy", name)
			}
		case strings.HasSuffix(name, ".css"), strings.HasSuffix(name, ".js"):
			if strings.Contains(string(b), "://") || strings.Contains(string(b), "@import") {
				t.Errorf("%s names a host", name)
			}
		}
	}
}

func TestHostileTextIsEscaped(t *testing.T) {
	t.Parallel()
	m := write(t, sample(t))
	for name, b := range m.files {
		if strings.HasSuffix(name, ".html") && strings.Contains(string(b), "<script>") {
			t.Errorf("%s has a script of the prompt's", name)
		}
	}
	index := m.text(t, report.Index)
	for _, want := range []string{"castle &lt;game&gt;", "&lt;script&gt;alert(1)", `image.icon[&#34;&lt;/a&gt;&#34;]`, "A note &amp; more."} {
		if !strings.Contains(index, want) {
			t.Errorf("the index lacks %q", want)
		}
	}
}

// TestNothingUnseenIsShown has characters in every text of a page that show
// nothing or turn around what does.
func TestNothingUnseenIsShown(t *testing.T) {
	t.Parallel()
	const unseen = "a\u202eb\u200bc\u2066d\U000e0041e\u3164f"
	v := version(pngOf(t, picture(8, 8, 1)), unseen)
	v.Entry.Output, v.Entry.Provider, v.Note = unseen, unseen, unseen
	m := write(t, report.Report{Project: unseen, Base: unseen, Now: unseen, Notes: []string{unseen}, Changes: []report.Change{
		{Address: "image." + unseen, Did: plan.Generated, After: v},
	}})
	pages := 0
	for name, b := range m.files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		pages++
		if i := strings.IndexAny(string(b), "\u202e\u200b\u2066\U000e0041\u3164"); i >= 0 {
			t.Errorf("%s shows %q", name, b[max(i-20, 0):i+4])
		}
		if !strings.Contains(string(b), `a\u202eb\u200bc\u2066d\U000e0041e\u3164f`) {
			t.Errorf("%s lacks the escapes", name)
		}
	}
	if pages != 2 {
		t.Errorf("there are %d pages, want 2", pages)
	}
}

// TestNamesHaveTheirForm holds what Write makes to what IsName says, which is
// all that a later report removes.
func TestNamesHaveTheirForm(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Concat(write(t, sample(t)).names(), write(t, derived(t)).names(), write(t, picks(t)).names()) {
		if !report.IsName(name) {
			t.Errorf("%q is no name of a report's file", name)
		}
	}
	for _, name := range []string{
		".env", ".git/config", "index.html/", "/index.html", "./index.html", "../index.html", "asset/../index.html", "static/main.go",
		"media/0123.png", "asset/.html", "asset/x.html", "INDEX.html", "index.html\n", "static/report.css.bak", "thumb/" + strings.Repeat("0", 64) + ".webp",
	} {
		if report.IsName(name) {
			t.Errorf("%q would be taken for a report's file", name)
		}
	}
}

// TestAddressesDoNotShareAPage has two addresses whose short page names are
// the same.
func TestAddressesDoNotShareAPage(t *testing.T) {
	t.Parallel()
	first, second := "", ""
	seen := map[[4]byte]string{}
	for i := 0; second == ""; i++ {
		address := fmt.Sprintf(`image.icon["%s"]`, strings.Map(func(r rune) rune { return rune("!#%&*+,;"[r-'0']) }, fmt.Sprintf("%o", i)))
		sum := sha256.Sum256([]byte(address))
		key := [4]byte(sum[:4])
		if other, ok := seen[key]; ok {
			first, second = other, address
		}
		seen[key] = address
	}
	m := write(t, report.Report{Project: "p", Changes: []report.Change{
		{Address: first, Did: plan.Generated, After: version(pngOf(t, picture(8, 8, 1)), "the first prompt")},
		{Address: second, Did: plan.Generated, After: version(pngOf(t, picture(8, 8, 2)), "the second prompt")},
	}})
	both := ""
	for name, b := range m.files {
		if strings.HasPrefix(name, "asset/") {
			both += string(b)
		}
	}
	if !strings.Contains(both, "the first prompt") || !strings.Contains(both, "the second prompt") {
		t.Errorf("%q and %q share a page", first, second)
	}
}

// TestUnshowableContents has contents that are missing, do not decode or are
// something else: they get a placeholder that says so and are not copied.
func TestUnshowableContents(t *testing.T) {
	t.Parallel()
	m := write(t, sample(t))
	bad := m.text(t, pageOf(t, m, "image.bad"))
	for _, want := range []string{"The picture cannot be shown", "The file is no PNG, JPEG, WebP, MP4 or WebM"} {
		if !strings.Contains(bad, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if lost := m.text(t, pageOf(t, m, "image.lost")); !strings.Contains(lost, "Git LFS pointer whose content") {
		t.Error("the page does not say why the picture is missing")
	}
	for name, b := range m.files {
		if strings.HasPrefix(name, "media/") && !strings.HasPrefix(string(b), "\x89PNG") && !strings.HasPrefix(string(b), "\xff\xd8\xff") {
			t.Errorf("%s was copied though it is no picture", name)
		}
	}
}

func TestReadErrorBecomesPlaceholder(t *testing.T) {
	t.Parallel()
	v := version(nil, "x")
	v.Open = func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("\x00\x00\x00\x18ftypisom"), failing{})), nil
	}
	m := write(t, report.Report{Project: "p", Changes: []report.Change{{Address: "video.x", Did: plan.Generated, After: v}}})
	if page := m.text(t, pageOf(t, m, "video.x")); !strings.Contains(page, "could not be read: the disk is on fire") {
		t.Error("the page does not say what went wrong")
	}
	for _, name := range m.names() {
		if strings.HasPrefix(name, "media/") {
			t.Errorf("half a film was kept: %s", name)
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the disk is on fire") }

func TestThumbnails(t *testing.T) {
	t.Parallel()
	clear := image.NewNRGBA(image.Rect(0, 0, 900, 300)) // transparent
	r := report.Report{Project: "p", Changes: []report.Change{
		{Address: "image.clear", Did: plan.Generated, After: version(pngOf(t, clear), "c")},
		{Address: "image.small", Did: plan.Generated, After: version(pngOf(t, picture(64, 64, 1)), "s")},
		{Address: "image.tall", Did: plan.Generated, After: version(pngOf(t, picture(300, 1500, 1)), "t")},
	}}
	m := write(t, r)
	got := map[string]string{}
	for name, b := range m.files {
		if strings.HasPrefix(name, "thumb/") {
			cfg, format, err := image.DecodeConfig(strings.NewReader(string(b)))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got[format] = image.Rect(0, 0, cfg.Width, cfg.Height).Max.String()
		}
	}
	want := map[string]string{"png": "(512,171)", "jpeg": "(102,512)"} // the small one is its own
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestPromptDifference(t *testing.T) {
	t.Parallel()
	m := write(t, sample(t))
	page := m.text(t, pageOf(t, m, "image.hero"))
	if want := `A castle at <del>dawn</del><ins>night</ins>, painterly`; !strings.Contains(page, want) {
		t.Errorf("the page lacks %q", want)
	}
}

// TestInputsAreNamed has an asset made of two others, of which one has no page,
// and of a file: an input that is an asset's result names it.
func TestInputsAreNamed(t *testing.T) {
	t.Parallel()
	small, delivered := pngOf(t, picture(64, 64, 1)), []byte("what the server delivered")
	knight, bridge, duel := version(small, "A knight"), version([]byte("bridge"), "A bridge"), version(pngOf(t, picture(64, 64, 2)), "A duel")
	knight.Entry.SourceHash = lockfile.HashBytes(delivered) // a conversion
	file := lockfile.HashBytes([]byte("a file")).String()
	duel.Entry.Inputs["references"] = lockfile.Strings([]string{knight.Entry.SourceHash.String(), bridge.Hash.String(), file})
	m := write(t, report.Report{
		Project: "p", Base: "main", Now: "now",
		Changes: []report.Change{
			{Address: "image.duel", Did: plan.Generated, After: duel},
			{Address: "image.knight", Did: plan.Generated, After: knight},
		},
		Is: &lockfile.Lock{Assets: map[string]lockfile.Entry{"image.duel": duel.Entry, "image.knight": knight.Entry, "image.bridge": bridge.Entry}},
	})
	page := m.text(t, pageOf(t, m, "image.duel"))
	for _, want := range []string{
		`<img class="value-thumb" src="../media/` + strings.TrimPrefix(knight.Hash.String(), "sha256:") + `.png" alt=""`,
		`<a class="code" href="` + strings.TrimPrefix(pageOf(t, m, "image.knight"), "asset/") + `">image.knight</a>`,
		`<span class="code">image.bridge</span>`,
		`<span class="code">` + file + `</span>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestCompareLocks(t *testing.T) {
	t.Parallel()
	entry := func(output, prompt, content string) lockfile.Entry {
		e := version([]byte(content), prompt).Entry
		e.Output, e.Provider = output, "imaginator"
		return e
	}
	before := &lockfile.Lock{Assets: map[string]lockfile.Entry{
		"image.same":                         entry("a.png", "a", "A"),
		"image.changed":                      entry("b.png", "b", "B"),
		"image.gone":                         entry("c.png", "c", "C"),
		"image.old":                          entry("d.png", "d", "D"),
		"image.path":                         entry("e.png", "e", "E"),
		"image.before":                       entry("i.png", "i", "I"),
		`module.ui["video.x"].image.changed`: entry("f.png", "f", "F"),
	}}
	after := &lockfile.Lock{Assets: map[string]lockfile.Entry{
		"image.same":                         entry("a.png", "a", "A"),
		"image.changed":                      entry("b.png", "b2", "B2"),
		"image.fresh":                        entry("g.png", "g", "G"),
		"image.renamed":                      entry("d.png", "d", "D"),
		"image.path":                         entry("e2.png", "e", "E"),
		"image.before[0]":                    entry("i.png", "i2", "I2"),
		`module.ui["video.x"].image.changed`: entry("f.png", "f2", "F"),
		"module.a.video.film":                entry("h.mp4", "h", "H"),
	}}
	type row struct {
		Address, From string
		Did           plan.Did
		Video         bool
		Credits       int
	}
	var got []row
	earlier := func(asked []since.Result) map[since.Result]bool {
		return map[since.Result]bool{asked[0]: true}
	}
	compare := func(before, after *lockfile.Lock) []report.Change {
		return report.Compare(before, after, since.Compare(all.Registry(), before, after, earlier))
	}
	for _, c := range compare(before, after) {
		got = append(got, row{c.Address, c.PreviousAddress, c.Did, c.Video(), c.Cost["image_credits"]})
	}
	want := []row{
		{"image.before[0]", "image.before", plan.Restored, false, 0},
		{"image.changed", "", plan.Generated, false, 2},
		{"image.fresh", "", plan.Generated, false, 2},
		{"image.gone", "", plan.Deleted, false, 0},
		{"image.path", "", plan.Moved, false, 0},
		{"image.renamed", "image.old", plan.Moved, false, 0},
		{"module.a.video.film", "", plan.Generated, true, 2},
		{`module.ui["video.x"].image.changed`, "", plan.Recorded, false, 0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if none := compare(before, before); len(none) != 0 {
		t.Errorf("equal locks differ: %v", none)
	}
}

func TestEmptyReport(t *testing.T) {
	t.Parallel()
	m := write(t, report.Report{Project: "p", Base: "main", Now: "now"})
	if !strings.Contains(m.text(t, report.Index), "every asset is what it was") {
		t.Error("the page does not say that nothing changed")
	}
}

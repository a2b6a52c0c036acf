package report_test

import (
	"errors"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"maps"
	"regexp"
	"strings"
	"testing"

	"assetform/lockfile"
	"assetform/plan/render/report"

	"github.com/google/go-cmp/cmp"
)

// pageOf finds the page of an address through the index's links.
func pageOf(t *testing.T, m *memory, address string) string {
	t.Helper()
	for name, b := range m.files {
		if strings.HasPrefix(name, "asset/") && strings.Contains(string(b), `<h1 class="address">`+address+`</h1>`) {
			return name
		}
	}
	t.Fatalf("no page shows %s", address)
	return ""
}

func TestWriteIsDeterministic(t *testing.T) {
	t.Parallel()
	a, b := write(t, sample(t)), write(t, sample(t))
	if !maps.EqualFunc(a.files, b.files, func(x, y []byte) bool { return string(x) == string(y) }) {
		t.Error("two reports of the same changes differ")
	}
}

func TestLinksLeadToFiles(t *testing.T) {
	t.Parallel()
	m := write(t, sample(t))
	ref := regexp.MustCompile(`(?:href|src)="([^"#]+)"`)
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
	for name, b := range write(t, sample(t)).files {
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

// TestUnshowableContents has contents that are missing, do not decode or are
// something else: they get a placeholder that says so and are not copied.
func TestUnshowableContents(t *testing.T) {
	t.Parallel()
	m := write(t, sample(t))
	bad := m.text(t, pageOf(t, m, "image.bad"))
	for _, want := range []string{"The picture does not decode", "The file is no PNG, JPEG, WebP, MP4 or WebM"} {
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
	m := write(t, report.Report{Project: "p", Changes: []report.Change{{Address: "video.x", Action: report.Created, After: v}}})
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
		{Address: "image.clear", Action: report.Created, After: version(pngOf(t, clear), "c")},
		{Address: "image.small", Action: report.Created, After: version(pngOf(t, picture(64, 64, 1)), "s")},
		{Address: "image.tall", Action: report.Created, After: version(pngOf(t, picture(300, 1500, 1)), "t")},
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

func TestCompareLocks(t *testing.T) {
	t.Parallel()
	entry := func(output, prompt, content string) lockfile.Entry {
		e := version([]byte(content), prompt).Entry
		e.Output = output
		return e
	}
	before := &lockfile.Lock{Assets: map[string]lockfile.Entry{
		"image.same":                         entry("a.png", "a", "A"),
		"image.changed":                      entry("b.png", "b", "B"),
		"image.gone":                         entry("c.png", "c", "C"),
		"image.old":                          entry("d.png", "d", "D"),
		"image.path":                         entry("e.png", "e", "E"),
		`module.ui["video.x"].image.changed`: entry("f.png", "f", "F"),
	}}
	after := &lockfile.Lock{Assets: map[string]lockfile.Entry{
		"image.same":                         entry("a.png", "a", "A"),
		"image.changed":                      entry("b.png", "b2", "B2"),
		"image.fresh":                        entry("g.png", "g", "G"),
		"image.renamed":                      entry("d.png", "d", "D"),
		"image.path":                         entry("e2.png", "e", "E"),
		`module.ui["video.x"].image.changed`: entry("f.png", "f2", "F"),
		"module.a.video.film":                entry("h.mp4", "h", "H"),
	}}
	type row struct {
		Address, From string
		Action        report.Action
		Video         bool
	}
	var got []row
	for _, c := range report.Compare(before, after) {
		got = append(got, row{c.Address, c.PreviousAddress, c.Action, c.Video()})
	}
	want := []row{
		{"image.changed", "", report.Changed, false},
		{"image.fresh", "", report.Created, false},
		{"image.gone", "", report.Deleted, false},
		{"image.path", "", report.Moved, false},
		{"image.renamed", "image.old", report.Moved, false},
		{"module.a.video.film", "", report.Created, true},
		{`module.ui["video.x"].image.changed`, "", report.Changed, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if none := report.Compare(before, before); len(none) != 0 {
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

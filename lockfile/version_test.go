package lockfile

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample2 is a canonical lock of version 2 that malformed ones are made from.
const sample2 = `{
  "version": 2,
  "assets": {
    "image.boss": {
      "output": "art/boss.png",
      "provider": "imaginator",
      "method": "generate_image",
      "inputs": {},
      "inputs_hash": "v1:sha256:` + hashA + `",
      "content_hash": "sha256:` + hashB + `",
      "media_type": "image/png",
      "bytes": 812331,
      "cost": {
        "image_credits": 8
      },
      "candidates": [
        {"content_hash": "sha256:` + hashA + `", "task_id": "42"},
        null,
        {"content_hash": "sha256:` + hashB + `"}
      ],
      "picked": 3,
      "marks": {
        "c2pa": "kept"
      },
      "frames": {
        "bow": [0, 0, 8, 8],
        "sword": [9, 0, 4, 8, 2, 0, 8, 8]
      }
    },
    "video.idle": {
      "output": "video/idle.mp4",
      "provider": "local",
      "method": "generate_video",
      "inputs": {},
      "inputs_hash": "v1:sha256:` + hashA + `",
      "content_hash": "sha256:` + hashB + `",
      "media_type": "video/mp4",
      "bytes": 5,
      "duration": 8,
      "adopted": true
    }
  }
}
`

var malformed2 = []malformation{
	{"credits", `"adopted": true`, mark + `"credits": 1`, summaryUnknown, `"cost"`},
	{"videos", `"adopted": true`, mark + `"videos": 1`, summaryUnknown, `{"videos": ...}`},
	{"duration of an image", `"picked": 3`, `"picked": 3, ` + mark + `"duration": 2`, summaryUnknown, "an image"},
	{"unknown field", `"adopted": true`, mark + `"imported": true`, summaryUnknown, `"imported"`},
	{"field twice", `"adopted": true`, `"adopted": true, ` + mark + `"adopted": true`, summaryDuplicate, `"adopted"`},
	{"numbers among texts", `"inputs": {}`, `"inputs": {"refs": ["x", ` + mark + `1]}`, summaryType, "texts alone"},
	{"texts among numbers", `"inputs": {}`, `"inputs": {"crop": [0, ` + mark + `"x"]}`, summaryType, "numbers alone"},
	{"list in a list", `"inputs": {}`, `"inputs": {"crop": [0, ` + mark + `[1]]}`, summaryType, "numbers alone"},
	{"number of a list at length", `"inputs": {}`, `"inputs": {"crop": [0, ` + mark + `1.50]}`, summaryValue, "is written 1.5"},
	{"duration of a variant", `"video.idle": {
      "output": "video/idle.mp4"`, `"variant.idle": {
      "output": "video/idle.png"`, summaryUnknown, "a variant"},
	{"duration of an export", `"video.idle": {
      "output": "video/idle.mp4"`, `"export.idle": {
      "output": "video/idle.json"`, summaryUnknown, "an export"},
	{"video of an export", `"video.idle": {`, `"export.idle": {`, summaryValue, "are texts"},
	{"version 1", `"version": 2`, `"version": 1`, summaryUnknown, "version 2"},

	{"cost is a number", "{\n        \"image_credits\": 8\n      }", mark + "8", summaryType, "an object"},
	{"cost is empty", "{\n        \"image_credits\": 8\n      }", mark + "{}", summaryValue, "Remove"},
	{"negative cost", `"image_credits": 8`, `"image_credits": ` + mark + `-8`, summaryValue, "between 0"},
	{"fraction of a cost", `"image_credits": 8`, `"image_credits": ` + mark + `0.5`, summaryValue, "whole number"},
	{"unit twice", `"image_credits": 8`, `"image_credits": 8, ` + mark + `"image_credits": 8`, summaryDuplicate, `"image_credits"`},
	{"unit without name", `"image_credits": 8`, mark + `"": 8`, summaryValue, "empty"},
	{"unit of other letters", `"image_credits": 8`, mark + `"Credits": 8`, summaryValue, "lower-case"},

	{"adopted is false", `"adopted": true`, `"adopted": ` + mark + `false`, summaryValue, "Remove"},
	{"adopted is a number", `"adopted": true`, `"adopted": ` + mark + `1`, summaryType, "true"},
	{"placeholder is a text", `"adopted": true`, `"placeholder": ` + mark + `"yes"`, summaryType, "true"},

	{"candidates is an object", `"candidates": [`, `"candidates": ` + mark + `{`, summaryType, "a list"},
	{"candidate is a text", "        null", `        ` + mark + `"sha256:"`, summaryType, "null for a missing one"},
	{"candidate without hash", `{"content_hash": "sha256:` + hashA + `", "task_id": "42"}`, mark + `{"task_id": "42"}`, summaryMissing, `"content_hash"`},
	{"candidate with a wrong hash", `{"content_hash": "sha256:` + hashA, `{"content_hash": ` + mark + `"v1:sha256:` + hashA, summaryHash, "64"},
	{"candidate with a cost", `"task_id": "42"}`, `"task_id": "42", ` + mark + `"cost": 1}`, summaryUnknown, "task_id"},
	{"candidate with two tasks", `"task_id": "42"}`, `"task_id": "42", ` + mark + `"task_id": "42"}`, summaryDuplicate, `"task_id"`},
	{"candidate with an empty task", `"task_id": "42"}`, `"task_id": ` + mark + `""}`, summaryValue, `"task_id"`},
	{"too many candidates", "        null", "        " + strings.Repeat("null, ", maxCandidates-1) + mark + "null", summaryValue, "at most 16"},

	{"picked is zero", `"picked": 3`, `"picked": ` + mark + `0`, summaryValue, "between 1"},
	{"picked is negative", `"picked": 3`, `"picked": ` + mark + `-1`, summaryValue, "between 1"},
	{"picked out of range", `"picked": 3`, `"picked": ` + mark + `4`, summaryValue, "has 3"},
	{"picked is missing", `"picked": 3`, `"picked": ` + mark + `2`, summaryValue, "missing"},
	{"picked is not the output", `"picked": 3`, `"picked": ` + mark + `1`, summaryValue, "image.boss \"picked\" is 1, and the output has the content hash of candidate 3. Write 3"},
	{"output is no candidate", `"candidates": [
        {"content_hash": "sha256:` + hashA + `", "task_id": "42"},
        null,
        {"content_hash": "sha256:` + hashB + `"}
      ],
      "picked": 3`, `"candidates": ` + mark + `[
        {"content_hash": "sha256:` + hashA + `", "task_id": "42"},
        null
      ]`, summaryValue, "no candidate has the content hash"},
	{"all candidates are missing", `"adopted": true`, `"candidates": ` + mark + `[null, null]`, summaryValue, "no candidate"},
	{"candidates of another delivered file", `"content_hash": "sha256:` + hashB + `",
      "media_type": "image/png",
      "bytes": 812331`, `"content_hash": "sha256:` + hashB + `", "source_hash": "sha256:` + hashA + `",
      "media_type": "image/png",
      "bytes": 812331`, summaryValue, "candidate 1. Write 1"},
	{"output of one candidate as converted from another", `"content_hash": "sha256:` + hashB + `",
      "media_type": "image/png",
      "bytes": 812331,
      "cost": {
        "image_credits": 8
      },
      "candidates": [
        {"content_hash": "sha256:` + hashA + `", "task_id": "42"},
        null,
        {"content_hash": "sha256:` + hashB + `"}
      ],
      "picked": 3`, `"content_hash": "sha256:` + hashB + `", "source_hash": "sha256:` + hashA + `",
      "media_type": "image/png",
      "bytes": 812331,
      "cost": {
        "image_credits": 8
      },
      "candidates": ` + mark + `[
        {"content_hash": "sha256:` + hashA + `", "task_id": "42"},
        null,
        {"content_hash": "sha256:` + hashB + `"}
      ],
      "picked": 1`, summaryValue, "cannot be both"},
	{"candidates beside an adopted file", `"adopted": true`, `"adopted": true, "candidates": ` + mark + `[{"content_hash": "sha256:` + hashB + `"}]`, summaryValue, "a person made"},
	{"candidates beside a sketch", `"adopted": true`, `"placeholder": true, "candidates": ` + mark + `[{"content_hash": "sha256:` + hashB + `"}]`, summaryValue, "a sketch"},
	{"picked of nothing", `"adopted": true`, `"picked": ` + mark + `1`, summaryValue, `"candidates"`},

	{"marks is a list", "{\n        \"c2pa\": \"kept\"\n      }", mark + `["c2pa"]`, summaryType, "an object"},
	{"marks is empty", "{\n        \"c2pa\": \"kept\"\n      }", mark + `{}`, summaryValue, "Remove"},
	{"mark is true", `"c2pa": "kept"`, `"c2pa": ` + mark + `true`, summaryType, "a text"},
	{"mark is empty", `"c2pa": "kept"`, `"c2pa": ` + mark + `""`, summaryValue, `"c2pa"`},
	{"mark twice", `"c2pa": "kept"`, `"c2pa": "kept", ` + mark + `"c2pa": "lost"`, summaryDuplicate, `"c2pa"`},

	{"frame is a text", `[0, 0, 8, 8]`, mark + `"0 0 8 8"`, summaryType, "4 or 8"},
	{"frame of 3", `[0, 0, 8, 8]`, mark + `[0, 0, 8]`, summaryValue, "4 numbers"},
	{"frame of 6", `[0, 0, 8, 8]`, mark + `[0, 0, 8, 8, 1, 1]`, summaryValue, "4 numbers"},
	{"frame of 9", `[9, 0, 4, 8, 2, 0, 8, 8]`, mark + `[9, 0, 4, 8, 2, 0, 8, 8, 1]`, summaryValue, "4 numbers"},
	{"negative frame", `[0, 0, 8, 8]`, `[0, ` + mark + `-1, 8, 8]`, summaryValue, "between 0"},
	{"frame without width", `[0, 0, 8, 8]`, `[0, 0, ` + mark + `0, 8]`, summaryValue, "between 1"},
	{"frame with a fraction", `[0, 0, 8, 8]`, `[0, 0, ` + mark + `8.5, 8]`, summaryValue, "whole number"},
	{"frame twice", `"sword": [`, mark + `"bow": [`, summaryDuplicate, `"bow"`},
	{"comma behind a candidate", "\"}\n      ]", "\"}" + mark + ",\n      ]", summaryJSON, "comma"},

	{"assets before a wrong version", "  \"version\": 2,\n", "  \"assets\": {\"}\": [{}]}, \"version\": " + mark + "9,\n", summaryVersion, "version 9"},
	{"assets twice, first one before the version", "  \"version\": 2,\n", "  \"assets\": {}, \"version\": 2,\n", summaryDuplicate, `"assets"`},
}

func TestParseMalformedVersion2(t *testing.T) {
	t.Parallel()
	testMalformed(t, sample2, malformed2)
}

func parse(t *testing.T, text string) *Lock {
	t.Helper()
	l, err := Parse("x", "game", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A lock of version 1 keeps its bytes until something changes, and then becomes
// the golden one of version 2: with the same entries, but for their costs.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join("testdata", "valid", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	old := read("full.lock.json")
	l := parse(t, old)
	for address, e := range l.Assets {
		if l.Put(address, e.Clone()) || l.Drop("image.unknown") {
			t.Fatal("nothing was changed, and yet it was")
		}
	}
	if got := string(l.Encode()); got != old || l.version() != 1 {
		t.Errorf("version %d, (-file +written):\n%s", l.version(), cmp.Diff(old, got))
	}
	if got := l.Only([]string{"video.idle"}); got.version() != 1 || len(got.Assets) != 1 {
		t.Errorf("a part has version %d and %v", got.version(), got.Assets)
	}

	was := l.Clone()
	l.Put("image.new", numbered(1))
	l.Drop("image.new")
	if diff := cmp.Diff(read("upgraded.lock.json"), string(l.Encode())); diff != "" {
		t.Errorf("upgraded (-want +got):\n%s", diff)
	}
	if again := parse(t, string(l.Encode())); !again.Equal(was) || !was.Equal(again) || again.version() != 2 {
		t.Error("the upgrade changed what the lock says")
	}
}

func TestSaveKeepsTheVersion(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), Filename)
	for _, text := range []string{sample, sample2} {
		if err := Save(path, parse(t, text)); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != text {
			t.Errorf("the file became %s, error %v", b, err)
		}
	}
}

func TestParseVersion2AsItMayStand(t *testing.T) {
	t.Parallel()
	const assets = `"assets": {`
	behind := strings.Replace(strings.Replace(sample2, "  \"version\": 2,\n", "", 1), "  }\n}\n", "  },\n  \"version\": 2\n}\n", 1)
	tests := map[string]string{
		"version behind":  behind,
		"pick before":     strings.Replace(strings.Replace(sample2, "      \"picked\": 3,\n", "", 1), `"inputs": {},`, `"picked": 3, "inputs": {},`, 1),
		"expanded":        strings.NewReplacer(`{"content`, "{\n\"content", `", "task`, "\",\n\"task", "[0, 0, 8, 8]", "[\n0,\n0,8,\n8\n]").Replace(sample2),
		"CRLF":            strings.ReplaceAll(sample2, "\n", "\r\n"),
		"byte order mark": "\ufeff" + sample2,
	}
	for name, text := range tests {
		if text == sample2 || !strings.Contains(text, assets) {
			t.Fatalf("%s: the text is not another one", name)
		}
		if diff := cmp.Diff(sample2, string(parse(t, text).Encode())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	legacy := strings.Replace(strings.Replace(sample, "  \"version\": 1,\n", "", 1), "  }\n}\n", "  },\n  \"version\": 1\n}\n", 1)
	if diff := cmp.Diff(sample, string(parse(t, legacy).Encode())); diff != "" {
		t.Errorf("version 1 behind (-want +got):\n%s", diff)
	}
}

// What is wrong in assets is found wherever the version stands.
func TestParseAssetsBeforeTheVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"assets": {"image.a": {}}, "version": 2}`:  summaryMissing,
		`{"assets": {"image.a": 1}, "version": 1}`:   summaryType,
		`{"assets": {"image.a": [}, "version": 2}`:   summaryCut,
		`{"assets": [], "version": 2}`:               summaryType,
		`{"assets": {}}`:                             summaryMissing,
		`{"assets": {}, "assets": {}, "version": 2}`: summaryDuplicate,
		`{"assets": {"a`:                             summaryCut,
	} {
		_, err := Parse("x", "game", []byte(text))
		syntax, ok := err.(*SyntaxError)
		if !ok || syntax.Summary != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// inVersion gives a lock the version that a digit says.
func inVersion(l *Lock, digit byte) *Lock {
	l.legacy = digit == '1'
	return l
}

func TestMergeVersions(t *testing.T) {
	t.Parallel()
	tests := map[string]int{ // base, ours, theirs
		"111": 1, "112": 2, "121": 2, "122": 2, "211": 2, "212": 2, "221": 2, "222": 2,
		"-11": 1, "-12": 2, "-21": 2, "-22": 2,
	}
	for versions, want := range tests {
		sides := []*Lock{nil, nil, nil}
		for i, entries := range []string{"a1 b1 c1", "a2 b1 c1", "a1 b1 c2 d1"} {
			if versions[i] == '-' {
				continue
			}
			sides[i] = inVersion(lockOf(entries), versions[i])
			sides[i] = parse(t, string(sides[i].Encode()))
		}
		merged, result := Merge(sides[0], sides[1], sides[2], nil)
		if merged.version() != want {
			t.Errorf("%s: got version %d, want %d", versions, merged.version(), want)
		}
		checkMerge(t, sides[1], sides[2], merged, result)
		var decided []string
		for _, d := range result.Decisions {
			decided = append(decided, d.Address)
		}
		if diff := cmp.Diff([]string{"image.a", "image.c", "image.d"}, decided); diff != "" {
			t.Errorf("%s: what differs (-want +got):\n%s", versions, diff)
		}
	}
}

// An entry that one side has only brought to version 2 counts as unchanged
// there: the other side's change or deletion is taken.
func TestMergeWithAnUpgrade(t *testing.T) {
	t.Parallel()
	old, upgraded := parse(t, sample), parse(t, sample)
	upgraded.Put("image.new", numbered(1))
	upgraded = parse(t, string(upgraded.Encode()))
	deleted := parse(t, sample)
	deleted.Drop("video.idle")
	for _, sides := range [][2]*Lock{{upgraded, deleted}, {deleted, upgraded}} {
		merged, _ := Merge(old, sides[0], sides[1], nil)
		if diff := cmp.Diff([]string{"image.knight", "image.new"}, merged.Addresses()); diff != "" || merged.version() != 2 {
			t.Errorf("version %d, (-want +got):\n%s", merged.version(), diff)
		}
	}
}

func TestMergePicks(t *testing.T) {
	t.Parallel()
	// "2b" is an entry with candidates a, b and c of which the second is
	// picked; "2B" has another second one. "0" has no pick, "-" is missing.
	entry := func(s string) *Lock {
		l := New()
		if s == "-" {
			return l
		}
		e := numbered(1)
		for _, name := range "abc" {
			if rune(s[len(s)-1]) == name-'a'+'A' {
				name += 'A' - 'a'
			}
			e.Candidates = append(e.Candidates, Candidate{ContentHash: HashBytes([]byte(string(name)))})
		}
		e.Picked = int(s[0] - '0')
		if e.Picked > 0 {
			e.ContentHash = e.Candidates[e.Picked-1].ContentHash
		}
		l.Assets["image.a"] = e
		return l
	}
	tests := []struct {
		base, ours, theirs, want string
		side                     Side
		cause                    Cause
	}{
		{"0", "2b", "0", "2b", Ours, OneChanged},
		{"0", "0", "2b", "2b", Theirs, OneChanged},
		{"1a", "0", "2b", "2b", Theirs, OnlyPick},
		{"1a", "2b", "0", "2b", Ours, OnlyPick},
		{"-", "0", "2b", "2b", Theirs, OnlyPick},
		{"-", "2b", "0", "2b", Ours, OnlyPick},
		{"0", "1a", "2b", "1a", Ours, OtherPick},
		{"0", "2b", "1a", "2b", Ours, OtherPick},
		{"0", "2b", "2B", "2b", Ours, OtherPick},
		{"1a", "2b", "-", "2b", Ours, OtherDeleted},
	}
	for _, test := range tests {
		base, ours, theirs := entry(test.base), entry(test.ours), entry(test.theirs)
		merged, result := Merge(base, ours, theirs, nil)
		if !merged.Equal(entry(test.want)) || len(result.Decisions) != 1 || result.Decisions[0] != (Decision{"image.a", test.side, test.cause, false}) {
			t.Errorf("%v: got %v, %s", test, result.Decisions, merged.Encode())
		}
		checkMerge(t, ours, theirs, merged, result)
	}
	// Other inputs: the configuration decides, whoever picked.
	ours, theirs := entry("0"), entry("2b")
	e := ours.Assets["image.a"]
	e.InputsHash = InputsHash(HashBytes([]byte("today's")))
	ours.Assets["image.a"] = e
	merged, result := Merge(New(), ours, theirs, func(string) (InputsHash, bool) { return e.InputsHash, true })
	if !merged.Equal(ours) || result.Decisions[0].Cause != Wanted {
		t.Errorf("got %v", result.Decisions)
	}
}

// TestParseForeignFields has no entry say what cannot be of an asset of its
// kind: nobody was asked for what is derived, and texts show nothing.
func TestParseForeignFields(t *testing.T) {
	t.Parallel()
	foreign := map[string][]string{
		"cost": {`{"image_credits": 1}`, "variant", "atlas", "export"}, "task_id": {`"7"`, "variant", "atlas", "export"},
		"candidates": {`[null]`, "variant", "atlas", "export"}, "picked": {`1`, "variant", "atlas", "export"},
		"source_hash": {`"sha256:` + hashA + `"`, "variant", "atlas", "export"},
		"frames":      {`{"a": [0, 0, 1, 1]}`, "variant", "export"},
		"width":       {`1`, "export"}, "marks": {`{"c2pa": "kept"}`, "export"},
	}
	for _, kind := range []string{"image", "variant", "atlas", "export"} {
		ext := map[bool]string{true: ".json", false: ".png"}[kind == "export"]
		for field, in := range foreign {
			_, err := Parse("x.json", ".", fmt.Appendf(nil, `{"version": 2, "assets": {"%[1]s.a": {"output": "a%[2]s", "provider": "p", "method": "m", "inputs": {},
				"inputs_hash": "v1:sha256:%[3]s", "content_hash": "sha256:%[3]s", "media_type": "x/y", "bytes": 1, %[4]q: %[5]s}}}`, kind, ext, hashA, field, in[0]))
			want := slices.Contains(in[1:], kind)
			if got := err != nil && strings.Contains(err.Error(), "has no field \""+field); got != want {
				t.Errorf("%s of %s is refused: %v, want %v (%v)", field, kind, got, want, err)
			}
		}
	}
}

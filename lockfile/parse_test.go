package lockfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const (
	hashA = "3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea"
	hashB = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
)

// sample is a canonical lock of version 1 that the malformed ones are made from.
const sample = `{
  "version": 1,
  "assets": {
    "image.knight": {
      "output": "art/knight.png",
      "provider": "imaginator",
      "method": "generate_image",
      "inputs": {
        "prompt": "A knight",
        "references": ["sha256:` + hashA + `"],
        "seed": 7,
        "style": {
          "sensitive": "sha256:` + hashA + `"
        }
      },
      "inputs_hash": "v1:sha256:` + hashA + `",
      "content_hash": "sha256:` + hashB + `",
      "media_type": "image/png",
      "bytes": 812331,
      "width": 768,
      "height": 1344,
      "credits": 2,
      "task_id": "42",
      "protect": ["destroy"]
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
      "videos": 1
    }
  }
}
`

// The mark in the replacement shows where the error must point.
const mark = "§"

type malformation struct {
	name, old, new string
	summary        string
	detail         string // part of it
}

var malformed = []malformation{
	{"conflict opening", `    "image.knight": {`, mark + "<<<<<<< HEAD\n    \"image.knight\": {", summaryConflict, "assetform lock merge"},
	{"conflict base", `      "bytes": 5,`, mark + "||||||| 1234567\n      \"bytes\": 5,", summaryConflict, "|||||||"},
	{"conflict separator", `      "bytes": 5,`, mark + "=======\r\n      \"bytes\": 5,", summaryConflict, "======="},
	{"conflict end of larger size", `      "bytes": 5,`, mark + ">>>>>>>>> topic\n      \"bytes\": 5,", summaryConflict, ">>>>>>>>>"},
	{"conflict after another error", `      "bytes": 5,`, "      \"bytes\": five,\n" + mark + "=======", summaryConflict, "init"},

	{"unknown version", `"version": 1`, `"version": ` + mark + `3`, summaryVersion, "versions 1 and 2"},
	{"fractional version", `"version": 1`, `"version": ` + mark + `1.0`, summaryVersion, "version 1.0"},
	{"version as text", `"version": 1`, `"version": ` + mark + `"1"`, summaryType, "not a text"},
	{"no version", "{\n  \"version\": 1,", mark + "{", summaryMissing, `"version"`},
	{"version twice", `"version": 1,`, `"version": 1, ` + mark + `"version": 1,`, summaryDuplicate, `"version"`},
	{"unknown field", `"version": 1,`, `"version": 1, ` + mark + `"serial": 4,`, summaryUnknown, `"serial"`},
	{"field in another case", `"output": "art`, mark + `"Output": "art`, summaryUnknown, `"Output"`},
	{"unknown entry field", `"provider": "local"`, `"provider": "local", ` + mark + `"time": "now"`, summaryUnknown, `"time"`},
	{"unknown object among inputs", `"seed": 7`, `"seed": {` + mark + `"upstream": "image.x"}`, summaryUnknown, "sensitive"},
	{"credits of a video", `"videos": 1`, `"videos": 1, ` + mark + `"credits": 1`, summaryUnknown, "a video"},
	{"videos of an image", `"credits": 2`, `"credits": 2, ` + mark + `"videos": 1`, summaryUnknown, "an image"},
	{"duration of an image", `"credits": 2`, mark + `"duration": 2`, summaryUnknown, "an image"},

	{"variant", `"video.idle": {`, mark + `"variant.idle": {`, summaryUnknown, "kind variant"},
	{"list of numbers", `["sha256:` + hashA + `"]`, `[` + mark + `1]`, summaryType, "list of texts"},

	{"asset twice", `"video.idle": {`, mark + `"image.knight": {`, summaryDuplicate, `"image.knight"`},
	{"asset twice by escape", `"video.idle": {`, mark + `"image.\u006bnight": {`, summaryDuplicate, `"image.knight"`},
	{"field twice", `"bytes": 5`, `"bytes": 5, ` + mark + `"bytes": 5`, summaryDuplicate, `"bytes"`},
	{"input twice", `"seed": 7`, `"seed": 7, ` + mark + `"prompt": ""`, summaryDuplicate, `"prompt"`},
	{"sensitive twice", `"sensitive": "sha256:` + hashA + `"`, `"sensitive": "sha256:` + hashA + `", ` + mark + `"sensitive": ""`, summaryDuplicate, `"sensitive"`},

	{"missing field", "    \"video.idle\": {\n      \"output\": \"video/idle.mp4\",", "    " + mark + `"video.idle": {`, summaryMissing, `"output"`},
	{"missing credits", `"credits": 2,`, ``, summaryMissing, `"credits"`},
	{"missing assets", sample[16 : len(sample)-2], ``, summaryMissing, `"assets"`},
	{"missing digest", `"seed": 7`, `"seed": ` + mark + `{}`, summaryMissing, `"sensitive"`},

	{"lock is a list", sample, mark + "[]", summaryType, "a list"},
	{"assets is a list", `"assets": {`, `"assets": ` + mark + `[`, summaryType, "an object"},
	{"entry is null", `"video.idle": {`, `"video.idle": ` + mark + `null, {`, summaryType, "not null"},
	{"output is a number", `"video/idle.mp4"`, mark + `5`, summaryType, "not a number"},
	{"inputs is a text", `"inputs": {}`, `"inputs": ` + mark + `""`, summaryType, "not a text"},
	{"input is null", `"seed": 7`, `"seed": ` + mark + `null`, summaryType, "not null"},
	{"list holds a number", `["sha256:` + hashA + `"]`, `["x", ` + mark + `1]`, summaryType, "list of texts"},
	{"bytes is true", `"bytes": 5`, `"bytes": ` + mark + `true`, summaryType, "true or false"},
	{"duration is a text", `"duration": 8`, `"duration": ` + mark + `"8"`, summaryType, "seconds"},
	{"protect is a text", `["destroy"]`, mark + `"destroy"`, summaryType, "list of texts"},

	{"fraction", `"bytes": 5`, `"bytes": ` + mark + `5.0`, summaryValue, "whole number"},
	{"exponent", `"bytes": 5`, `"bytes": ` + mark + `5e1`, summaryValue, "exponent"},
	{"fraction written at length", `"seed": 7`, `"seed": ` + mark + `7.50`, summaryValue, "is written 7.5"},
	{"input out of range", `"seed": 7`, `"seed": ` + mark + `9223372036854775808`, summaryValue, "9223372036854775807"},
	{"negative bytes", `"bytes": 5`, `"bytes": ` + mark + `-5`, summaryValue, "between 0"},
	{"zero width", `"width": 768`, `"width": ` + mark + `0`, summaryValue, "between 1"},
	{"width out of range", `"width": 768`, `"width": ` + mark + `2147483648`, summaryValue, "2147483647"},
	{"zero duration", `"duration": 8`, `"duration": ` + mark + `0.0`, summaryValue, "positive"},
	{"infinite duration", `"duration": 8`, `"duration": ` + mark + strings.Repeat("9", 400), summaryValue, "positive"},
	{"exponent of a duration", `"duration": 8`, `"duration": ` + mark + `8E0`, summaryValue, "exponent"},
	{"empty text", `"method": "generate_video"`, `"method": ` + mark + `""`, summaryValue, `"method"`},
	{"empty input name", `"seed": 7`, mark + `"": 7`, summaryValue, "name of an input"},
	{"empty protect", `["destroy"]`, mark + `[]`, summaryValue, "destroy"},
	{"unsorted protect", `["destroy"]`, mark + `["regenerate", "destroy"]`, summaryValue, "destroy"},
	{"unknown protect", `["destroy"]`, mark + `["delete"]`, summaryValue, "destroy"},

	{"leading zero", `"bytes": 5`, `"bytes": ` + mark + `05`, summaryJSON, "zeros"},
	{"lone minus", `"bytes": 5`, `"bytes": ` + mark + `-`, summaryJSON, "digits"},
	{"bare point", `"duration": 8`, `"duration": ` + mark + `8.`, summaryJSON, "point"},
	{"bare word", `"bytes": 5`, `"bytes": ` + mark + `five`, summaryType, `"f"`},
	{"no comma", `"bytes": 5,`, `"bytes": 5`, summaryJSON, `","`},
	{"comma at the end", `"videos": 1`, `"videos": 1` + mark + `,`, summaryJSON, "comma"},
	{"no colon", `"bytes": 5`, `"bytes" ` + mark + `5`, summaryJSON, `":"`},
	{"key without quotes", `"bytes": 5`, mark + `bytes: 5`, summaryJSON, "key in quotes"},
	{"comment", `"bytes": 5`, mark + `// five`, summaryJSON, "key in quotes"},
	{"line break in a text", `"A knight"`, `"A ` + mark + "\nknight\"", summaryJSON, "line break"},
	{"NUL in a text", `"A knight"`, `"A \n` + mark + "\x00knight\"", summaryJSON, "control character"},
	{"unknown escape", `"A knight"`, `"A ` + mark + `\x41"`, summaryJSON, "escape"},
	{"half a surrogate pair", `"A knight"`, `"A ` + mark + `\ud83d"`, summaryJSON, "escape"},
	{"wrong surrogate pair", `"A knight"`, `"A ` + mark + `\ud83d\u0041"`, summaryJSON, "escape"},
	{"short escape", `"A knight"`, `"A ` + mark + `\u12"`, summaryJSON, "escape"},
	{"text behind", "  }\n}\n", "  }\n}\n" + mark + "{}", summaryJSON, "closing brace"},
	{"NUL behind", "  }\n}\n", "  }\n}\n" + mark + "\x00", summaryJSON, "closing brace"},

	{"hash too short", `"v1:sha256:` + hashA + `",` + "\n" + `      "content_hash": "sha256:` + hashB + `",` + "\n" + `      "media_type": "image`,
		mark + `"v1:sha256:3f79", "content_hash": "", "media_type": "image`, summaryHash, "64"},
	{"hash in upper case", `"sensitive": "sha256:` + hashA, `"sensitive": ` + mark + `"sha256:` + strings.ToUpper(hashA), summaryHash, "lower-case"},
	{"hash of another kind", `"sensitive": "sha256:`, `"sensitive": ` + mark + `"md5:`, summaryHash, "sha256:"},
	{"hash of another version", `"v1:sha256:`, mark + `"v2:sha256:`, summaryHash, "v1:sha256:"},
	{"hash of zeros", `"sensitive": "sha256:` + hashA, `"sensitive": ` + mark + `"sha256:` + strings.Repeat("0", 64), summaryHash, "sha256:"},

	{"address of no asset", `"video.idle"`, mark + `"audio.idle"`, summaryAddress, `"audio"`},
	{"address without name", `"video.idle"`, mark + `"video."`, summaryAddress, "name"},
	{"address of a module", `"video.idle"`, mark + `"module.ui"`, summaryAddress, "no asset"},
	{"address with an attribute", `"video.idle"`, mark + `"video.idle.path"`, summaryAddress, "nothing may stand"},
	{"address with a bad key", `"video.idle"`, mark + `"video.idle[01]"`, summaryAddress, "instance key"},
	{"empty address", `"video.idle"`, mark + `""`, summaryAddress, "image.NAME"},

	{"absolute output", `"video/idle.mp4"`, mark + `"/idle.mp4"`, summaryValue, "absolute"},
	{"output with a backslash", `"video/idle.mp4"`, mark + `"video\\idle.mp4"`, summaryValue, `\\`},
	{"output on a drive", `"video/idle.mp4"`, mark + `"C:/idle.mp4"`, summaryValue, `":"`},
	{"output not clean", `"video/idle.mp4"`, mark + `"video/../idle.mp4"`, summaryValue, "shortest"},
	{"output is a directory", `"video/idle.mp4"`, mark + `"../.."`, summaryValue, "shortest"},
	{"output with a line break", `"video/idle.mp4"`, mark + `"idle\n.mp4"`, summaryValue, "control"},

	{"not UTF-8", `A knight`, "A é " + mark + "\xff knight", summaryEncoding, "0xff"},
	{"empty", sample, mark, summaryEmpty, "git checkout"},
	{"blank", sample, mark + " \r\n", summaryEmpty, "git checkout"},
}

func TestParseMalformed(t *testing.T) {
	t.Parallel()
	testMalformed(t, sample, malformed)
}

func testMalformed(t *testing.T, sample string, malformed []malformation) {
	for _, test := range malformed {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(sample, test.old) {
				t.Fatalf("the sample has no %q", test.old)
			}
			marked := strings.Replace(sample, test.old, test.new, 1)
			before, after, found := strings.Cut(marked, mark)
			_, err := Parse("x.json", ".", []byte(before+after))
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("got error %v, want a *SyntaxError", err)
			}
			if syntax.Summary != test.summary || !strings.Contains(syntax.Detail, test.detail) || syntax.Filename != "x.json" {
				t.Errorf("got %v, want %s: ...%s...", syntax, test.summary, test.detail)
			}
			if !found {
				return // the table says nothing of the place
			}
			line := 1 + strings.Count(before, "\n")
			column := 1 + utf8.RuneCountInString(before[strings.LastIndex(before, "\n")+1:])
			if syntax.Line != line || syntax.Column != column || syntax.Byte != len(before) {
				t.Errorf("got %d:%d (byte %d), want %d:%d (byte %d): %v",
					syntax.Line, syntax.Column, syntax.Byte, line, column, len(before), syntax)
			}
		})
	}
}

// A file that is cut anywhere is an error that says so.
func TestParseCut(t *testing.T) {
	t.Parallel()
	for n := range len(sample) - 1 {
		_, err := Parse("x", ".", []byte(sample[:n]))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Fatalf("cut at %d: got error %v, want a *SyntaxError", n, err)
		}
		if n > 0 && syntax.Summary != summaryCut {
			t.Errorf("cut at %d: %v", n, syntax)
		}
	}
}

func TestCanonicalFilesKeepTheirBytes(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/valid/*.lock.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %d files, error %v", len(files), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l, err := Parse(file, "game", b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(b), string(l.Encode())); diff != "" {
			t.Errorf("%s changes when it is written again (-file +written):\n%s", file, diff)
		}
	}
}

func TestParseReadsWhatIsNotCanonical(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"CRLF":            strings.ReplaceAll(sample, "\n", "\r\n"),
		"byte order mark": "\ufeff" + sample,
		"no space":        strings.NewReplacer("\n", "", "  ", "", ": ", ":", ", ", ",").Replace(sample),
		"tabs":            strings.ReplaceAll(sample, "  ", "\t"),
		"escapes":         strings.Replace(sample, "A knight", `\u0041\u0020knight`, 1),
		"key order":       strings.Replace(strings.Replace(sample, `"bytes": 5,`, ``, 1), `"duration": 8`, `"duration": 8, "bytes": 5`, 1),
		"long decimal":    strings.Replace(sample, `"duration": 8`, `"duration": 8.000`, 1),
		"no last line":    strings.TrimSuffix(sample, "\n"),
		"as it is":        sample,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := Parse("x", ".", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(sample, string(l.Encode())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseFields(t *testing.T) {
	t.Parallel()
	hash := func(s string) (h [32]byte) {
		c, err := ParseContentHash(contentPrefix + s)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	l, err := Parse("x", ".", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Entry{
		"image.knight": {
			Output: "art/knight.png", Provider: "imaginator", Method: "generate_image",
			Inputs: Inputs{
				"prompt": Text("A knight"), "seed": Int(7),
				"references": Strings([]string{contentPrefix + hashA}),
				"style":      Sensitive(hash(hashA)),
			},
			InputsHash: hash(hashA), ContentHash: hash(hashB), MediaType: "image/png",
			Bytes: 812331, Width: 768, Height: 1344, Cost: Cost{"image_credits": 2}, TaskID: "42", Protect: []string{ProtectDestroy},
		},
		"video.idle": {
			Output: "video/idle.mp4", Provider: "local", Method: "generate_video", Inputs: Inputs{},
			InputsHash: hash(hashA), ContentHash: hash(hashB), MediaType: "video/mp4",
			Bytes: 5, Duration: 8,
		},
	}
	if diff := cmp.Diff(want, l.Assets); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

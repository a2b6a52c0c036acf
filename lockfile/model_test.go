package lockfile

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHashText(t *testing.T) {
	t.Parallel()
	const empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	h := HashBytes(nil)
	if h.String() != empty {
		t.Errorf("got %s, want %s", h, empty)
	}
	if got := InputsHash(h).String(); got != "v1:"+empty {
		t.Errorf("got %s, want v1:%s", got, empty)
	}
	type pair struct {
		C ContentHash
		I InputsHash
	}
	in := pair{h, InputsHash(h)}
	b, err := json.Marshal(in)
	if want := `{"C":"` + empty + `","I":"v1:` + empty + `"}`; err != nil || string(b) != want {
		t.Fatalf("got %s, %v; want %s", b, err, want)
	}
	var out pair
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Errorf("got %v, %v; want %v", out, err, in)
	}
	if h.IsZero() || InputsHash(h).IsZero() || !(ContentHash{}).IsZero() || !(InputsHash{}).IsZero() {
		t.Error("IsZero is wrong")
	}
	for _, s := range []string{"", "sha256:", empty + "0", empty[:len(empty)-1], strings.ToUpper(empty), " " + empty,
		strings.Replace(empty, "e3", "g3", 1), strings.TrimPrefix(empty, "sha256:"), "v1:" + empty} {
		if got, err := ParseContentHash(s); err == nil || !got.IsZero() {
			t.Errorf("ParseContentHash(%q) = %v, %v; want an error", s, got, err)
		}
		if got, err := parseInputsHash("v1:v1:" + s); err == nil || !got.IsZero() {
			t.Errorf("ParseInputsHash(%q) = %v, %v; want an error", "v1:v1:"+s, got, err)
		}
	}
	if _, err := parseInputsHash("v2:" + empty); err == nil {
		t.Error("a hash of version 2 is read as one of version 1")
	}
}

func TestValue(t *testing.T) {
	t.Parallel()
	digest := HashBytes([]byte("secret"))
	tests := []struct {
		value Value
		kind  Kind
		human string
		json  string
	}{
		{Value{}, KindText, "", `""`},
		{Text("a \"b\" <c>"), KindText, "a \"b\" <c>", `"a \"b\" <c>"`},
		{Int(-7), KindInt, "-7", `-7`},
		{Number(0.25), KindNumber, "0.25", `0.25`},
		{Number(3), KindInt, "3", `3`},
		{Bool(true), KindBool, "true", `true`},
		{Bool(false), KindBool, "false", `false`},
		{Strings([]string{"x", "y"}), KindStrings, "[x, y]", `["x", "y"]`},
		{Strings(nil), KindStrings, "[]", `[]`},
		{Numbers([]float64{0, -0.5, 64}), KindNumbers, "[0, -0.5, 64]", `[0, -0.5, 64]`},
		{Sensitive(digest), KindSensitive, "(sensitive value)", `{"sensitive":"` + digest.String() + `"}`},
	}
	for i, test := range tests {
		b, err := test.value.MarshalJSON()
		if err != nil || string(b) != test.json {
			t.Errorf("MarshalJSON() = %s, %v; want %s", b, err, test.json)
		}
		var back Value
		if err := back.UnmarshalJSON(b); err != nil || !back.Equal(test.value) {
			t.Errorf("UnmarshalJSON(%s) = %v, %v", b, back, err)
		}
		if got := test.value.String(); got != test.human {
			t.Errorf("String() = %q, want %q", got, test.human)
		}
		if test.value.Kind() != test.kind || test.value.IsSensitive() != (test.kind == KindSensitive) {
			t.Errorf("%v has kind %d, want %d", test.value, test.value.Kind(), test.kind)
		}
		_, text := test.value.AsText()
		_, whole := test.value.AsInt()
		_, number := test.value.AsNumber()
		_, truth := test.value.AsBool()
		_, list := test.value.AsStrings()
		_, secret := test.value.AsSensitive()
		_, numbers := test.value.AsNumbers()
		got := []bool{text, whole, number && !whole, truth, list, secret, numbers}
		want := make([]bool, 7)
		want[test.kind] = true
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("accessors of %v (-want +got):\n%s", test.value, diff)
		}
		for j, other := range tests {
			if test.value.Equal(other.value) != (i == j) {
				t.Errorf("Equal(%v, %v) = %t", test.value, other.value, i != j)
			}
		}
	}
	for _, text := range []string{`null`, `7.50`, `1e3`, `{"upstream": "a"}`, `[1, "x"]`, `["x", 1]`, `[1.50]`, `[1e3]`, `[[1]]`, `[1`, `7 8`, "\"\x96\""} {
		var v Value
		if err := v.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%s was read as %v", text, v)
		}
	}
	if got := Numbers(nil); !got.Equal(Strings(nil)) {
		t.Errorf("no numbers are %v, a list of kind %d", got, got.Kind())
	}
	if got, _ := Numbers([]float64{1, 0.1}).AsNumbers(); !slices.Equal(got, []float64{1, 0.1}) {
		t.Errorf("got the numbers %v", got)
	}
	if got, _ := Sensitive(digest).AsSensitive(); got != digest {
		t.Errorf("got digest %v, want %v", got, digest)
	}
	if got, _ := Bool(true).AsBool(); !got {
		t.Error("true became false")
	}
}

func TestValueKeepsItsOwnList(t *testing.T) {
	t.Parallel()
	list := []string{"a"}
	v := Strings(list)
	list[0] = "changed"
	got, _ := v.AsStrings()
	got[0] = "changed"
	if !v.Equal(Strings([]string{"a"})) {
		t.Errorf("the value became %v", v)
	}
}

// Every field counts in Equal, and every one is written: a field that is
// added to Entry and forgotten in either fails here.
func TestEveryFieldOfAnEntryCounts(t *testing.T) {
	t.Parallel()
	typ := reflect.TypeFor[Entry]()
	for i := range typ.NumField() {
		name := typ.Field(i).Name
		if name == "legacyCost" {
			continue // says nothing, and is written in version 1 alone
		}
		var e Entry
		field := reflect.ValueOf(&e).Elem().Field(i)
		switch field.Kind() {
		case reflect.String:
			field.SetString("x")
		case reflect.Int, reflect.Int64:
			field.SetInt(3)
		case reflect.Float64:
			field.SetFloat(1.5)
		case reflect.Array:
			field.Index(0).SetUint(1)
		case reflect.Bool:
			field.SetBool(true)
		case reflect.Slice, reflect.Map:
			field.Set(reflect.ValueOf(map[string]any{
				"Inputs": Inputs{"x": Int(1)}, "Cost": Cost{"x": 1}, "Candidates": make([]Candidate, 1),
				"Marks": map[string]string{"x": "y"}, "Frames": map[string][]int{"x": {1, 2, 3, 4}}, "Protect": []string{ProtectDestroy},
			}[name]))
		default:
			t.Fatalf("%s has an unexpected kind", name)
		}
		if e.Equal(Entry{}) || (Entry{}).Equal(e) || !e.Equal(e.Clone()) {
			t.Errorf("Equal does not see %s", name)
		}
		with, without := Lock{Assets: map[string]Entry{"image.a": e}}, Lock{Assets: map[string]Entry{"image.a": {}}}
		if string(with.Encode()) == string(without.Encode()) {
			t.Errorf("Encode does not write %s", name)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()
	entry := func() Entry {
		return Entry{
			Inputs: Inputs{"seed": Int(1)}, Cost: Cost{"videos": 1}, Candidates: []Candidate{{TaskID: "1"}},
			Marks: map[string]string{"c2pa": "kept"}, Frames: map[string][]int{"a": {1, 2, 3, 4}}, Protect: []string{ProtectDestroy},
		}
	}
	l := &Lock{Assets: map[string]Entry{"image.a": entry()}, legacy: true}
	c := l.Clone()
	if !c.Equal(l) || !c.legacy {
		t.Fatal("the copy differs")
	}
	e := c.Assets["image.a"]
	e.Inputs["seed"], e.Cost["videos"], e.Candidates[0].TaskID = Int(2), 2, "2"
	e.Marks["c2pa"], e.Frames["a"][0], e.Protect[0] = "lost", 2, ProtectRegenerate
	c.Put("image.b", Entry{})
	if len(l.Assets) != 1 || !l.Assets["image.a"].Equal(entry()) || !l.legacy {
		t.Errorf("changing the copy changed the lock to %v", l.Assets)
	}
}

func TestInputsKeysAreSorted(t *testing.T) {
	t.Parallel()
	in := Inputs{"seed": Int(1), "a": Text(""), "prompt": Text(""), "Z": Text("")}
	if diff := cmp.Diff([]string{"Z", "a", "prompt", "seed"}, in.Keys()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUpstreamHash(t *testing.T) {
	t.Parallel()
	content, source := HashBytes([]byte("jpeg")), HashBytes([]byte("png"))
	if got := (Entry{ContentHash: content}).UpstreamHash(); got != content {
		t.Errorf("without a source: got %v, want %v", got, content)
	}
	if got := (Entry{ContentHash: content, SourceHash: source}).UpstreamHash(); got != source {
		t.Errorf("with a source: got %v, want %v", got, source)
	}
}

package syntax

import (
	"strings"
	"testing"
)

func TestConflict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text        string
		first, last int
	}{
		"none":               {"a\nb\n", 0, 0},
		"merge":              {"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> side\n", 2, 6},
		"diff3":              {"<<<<<<< HEAD\nb\n||||||| 1234\nz\n=======\nc\n>>>>>>> side\n", 1, 7},
		"Windows lines":      {"<<<<<<< HEAD\r\nb\r\n=======\r\nc\r\n>>>>>>> side\r\n", 1, 5},
		"larger markers":     {"<<<<<<<<<<\nb\n==========\nc\n>>>>>>>>>>\n", 1, 5},
		"no end of line":     {"<<<<<<< a\n=======\n>>>>>>> b", 1, 3},
		"empty sides":        {"<<<<<<< a\n=======\n>>>>>>> b\n", 1, 3},
		"a heading":          {"Title\n=======\ntext\n", 0, 0},
		"out of order":       {">>>>>>> a\n=======\n<<<<<<< b\n", 0, 0},
		"no middle":          {"<<<<<<< a\nx\n>>>>>>> b\n", 0, 0},
		"indented":           {"  <<<<<<< a\n  =======\n  >>>>>>> b\n", 0, 0},
		"something attached": {"<<<<<<<a\n=======\n>>>>>>>b\n", 0, 0},
		"six":                {"<<<<<< a\n======\n>>>>>> b\n", 0, 0},
	} {
		if first, last := Conflict([]byte(c.text)); first != c.first || last != c.last {
			t.Errorf("%s: lines %d to %d, want %d to %d", name, first, last, c.first, c.last)
		}
	}
}

// TestConflictInFiles: a conflict is all that is said of a file, at its line.
func TestConflictInFiles(t *testing.T) {
	t.Parallel()
	const both = "<<<<<<< HEAD\nb = 1\n=======\nb = 2\n>>>>>>> side\n"
	for name, c := range map[string]struct {
		text string
		json bool
		line int
	}{
		"in a block":    {"a {\n" + both + "}\n", false, 2},
		"in a heredoc":  {"a = <<E\n" + both + "E\n", false, 2},
		"JSON":          {"{\n" + both + "}\n", true, 2},
		"one left over": {"a {\n b = 1\n>>>>>>> side\n}\n", false, 3},
		"left in JSON":  {"{\n=======\n\"a\": 1}\n", true, 2},
	} {
		_, diags := Parse("x.asset.hcl", []byte(c.text), c.json)
		if len(diags) != 1 || diags[0].Summary != "Unresolved merge conflict" || diags[0].Subject.Start.Line != c.line {
			t.Errorf("%s: %v", name, diags)
		}
		if !strings.HasPrefix(string(diags[0].Subject.SliceBytes([]byte(c.text))), ">>>>") && c.line == 3 {
			t.Errorf("%s: points at %v", name, diags[0].Subject)
		}
	}
	if _, diags := Parse("x.asset.hcl", []byte("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"), false); len(diags) != 1 || diags[0].Summary != "File is with Git LFS" {
		t.Errorf("a pointer: %v", diags)
	}
	if _, diags := Format("x.asset.hcl", []byte("a = <<E\n"+both+"E\n")); !diags.HasErrors() {
		t.Error("formatted in spite of a conflict")
	}
}

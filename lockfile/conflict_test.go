package lockfile

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func splitLines(b []byte) [][]byte { return slices.Collect(bytes.Lines(b)) }

var conflicts = []struct {
	name, text         string
	ours, base, theirs string
	noBase, refused    bool
}{
	{name: "merge style", text: "a\n<<<<<<< HEAD\no\n=======\nt\n>>>>>>> topic\nz\n", ours: "a\no\nz\n", theirs: "a\nt\nz\n", noBase: true},
	{name: "diff3 style", text: "a\n<<<<<<< HEAD\no\n||||||| 12ab\nb\n=======\nt\n>>>>>>> topic\nz\n",
		ours: "a\no\nz\n", base: "a\nb\nz\n", theirs: "a\nt\nz\n"},
	{name: "empty parts", text: "<<<<<<<\n|||||||\n=======\nt\n>>>>>>>\n", ours: "", base: "", theirs: "t\n"},
	{name: "two hunks", text: "<<<<<<< o\n1\n||||||| b\n2\n=======\n3\n>>>>>>> t\n-\n<<<<<<< o\n4\n||||||| b\n5\n=======\n6\n>>>>>>> t\n",
		ours: "1\n-\n4\n", base: "2\n-\n5\n", theirs: "3\n-\n6\n"},
	{name: "one hunk without base", text: "<<<<<<< o\n1\n||||||| b\n2\n=======\n3\n>>>>>>> t\n<<<<<<< o\n4\n=======\n6\n>>>>>>> t\n",
		ours: "1\n4\n", theirs: "3\n6\n", noBase: true},
	{name: "CRLF", text: "a\r\n<<<<<<< HEAD\r\no\r\n=======\r\nt\r\n>>>>>>> topic\r\n", ours: "a\r\no\r\n", theirs: "a\r\nt\r\n", noBase: true},
	{name: "no last line break", text: "<<<<<<< HEAD\no\n=======\nt\n>>>>>>> topic", ours: "o\n", theirs: "t\n", noBase: true},
	{name: "small markers", text: "<<< HEAD\no\n===\nt\n>>> topic\n", ours: "o\n", theirs: "t\n", noBase: true},
	{name: "large markers", text: "<<<<<<<<<<<< HEAD\n=======\n============\nt\n>>>>>>>>>>>> topic\n", ours: "=======\n", theirs: "t\n", noBase: true},
	{name: "conflict inside the base", text: "<<<<<<< o\n1\n||||||| b\n<<<<<<<<< x\n2\n=========\n3\n>>>>>>>>> y\n=======\n4\n>>>>>>> t\n",
		ours: "1\n", base: "<<<<<<<<< x\n2\n=========\n3\n>>>>>>>>> y\n", theirs: "4\n"},

	{name: "no markers", text: sample, refused: true},
	{name: "empty", text: "", refused: true},
	{name: "no marker but a bracket", text: "<0\n<html>\n", refused: true},
	{name: "no end", text: "<<<<<<< o\n1\n=======\n2\n", refused: true},
	{name: "no separator", text: "<<<<<<< o\n1\n>>>>>>> t\n", refused: true},
	{name: "no opening", text: "1\n=======\n2\n>>>>>>> t\n", refused: true},
	{name: "stray separator", text: "=======\n<<<<<<< o\n1\n=======\n2\n>>>>>>> t\n", refused: true},
	{name: "two openings", text: "<<<<<<< o\n<<<<<<< o\n=======\n2\n>>>>>>> t\n", refused: true},
	{name: "two bases", text: "<<<<<<< o\n||||||| b\n||||||| b\n=======\n2\n>>>>>>> t\n", refused: true},
}

func TestSplitConflict(t *testing.T) {
	t.Parallel()
	for _, test := range conflicts {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ours, base, theirs, ok := SplitConflict([]byte(test.text))
			if ok == test.refused {
				t.Fatalf("ok = %t", ok)
			}
			got := []string{string(ours), string(base), string(theirs)}
			if diff := cmp.Diff([]string{test.ours, test.base, test.theirs}, got); diff != "" {
				t.Errorf("ours, base, theirs (-want +got):\n%s", diff)
			}
			if (base == nil) != (test.noBase || test.refused) {
				t.Errorf("base is nil: %t", base == nil)
			}
		})
	}
}

// Git itself writes the conflict: two branches changed one asset and one of
// them another, in every style, marker size and line ending.
func TestSplitConflictFromGit(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	const base, ours, theirs = "a1 b1 c1 d1", "a2 b1 c1 d2", "a3 b1 c2 d3"
	for _, style := range []string{"--no-diff3", "--diff3", "--zdiff3"} {
		for _, size := range []string{"7", "12"} {
			for _, newline := range []string{"\n", "\r\n"} {
				t.Run(strings.Trim(style, "-")+" "+size+map[bool]string{true: " CRLF"}[newline == "\r\n"], func(t *testing.T) {
					t.Parallel()
					dir := t.TempDir()
					args := []string{"merge-file", "-p", "--marker-size=" + size}
					if style != "--no-diff3" {
						args = append(args, style)
					}
					for _, s := range []string{ours, base, theirs} {
						file := filepath.Join(dir, strings.ReplaceAll(s, " ", "")+".json")
						text := strings.ReplaceAll(string(lockOf(s).Encode()), "\n", newline)
						if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
							t.Fatal(err)
						}
						args = append(args, file)
					}
					text, _ := exec.Command("git", args...).Output() // exits with the number of conflicts
					checkGitConflict(t, text, lockOf(ours), lockOf(theirs), style != "--no-diff3")
				})
			}
		}
	}
}

func checkGitConflict(t *testing.T, text []byte, ours, theirs *Lock, hasBase bool) {
	t.Helper()
	if _, err := Parse("x", ".", text); err == nil || !strings.Contains(err.Error(), summaryConflict) {
		t.Fatalf("the conflict is not recognised: %v\n%s", err, text)
	}
	ourText, baseText, theirText, ok := SplitConflict(text)
	if !ok || (baseText != nil) != hasBase {
		t.Fatalf("ok %t, base %t\n%s", ok, baseText != nil, text)
	}
	ourSide, err := Parse("ours", ".", ourText)
	if err != nil {
		t.Fatal(err)
	}
	theirSide, err := Parse("theirs", ".", theirText)
	if err != nil {
		t.Fatal(err)
	}
	if !theirSide.Equal(theirs) {
		t.Errorf("theirs is\n%s", theirText)
	}
	// Git merged image.c, which only they changed, into our side.
	want := ours.Clone()
	want.Assets["image.c"] = theirs.Assets["image.c"]
	if !ourSide.Equal(want) {
		t.Errorf("ours is\n%s", ourText)
	}
	if hasBase {
		if _, err := Parse("base", ".", baseText); err != nil {
			t.Error(err)
		}
	}
}

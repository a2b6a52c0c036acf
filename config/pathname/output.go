package pathname

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"assetform/config/diag"
	"assetform/config/format"
)

// lockName is the lock's file name, which is in the way of no output.
const lockName = "assetform.lock.json"

// Output checks the path of the output of an asset of that kind, written in a
// file of directory dir, and returns it relative to the project root. What one
// system cannot store is refused on every system.
func Output(dir, p, kind string) (string, error) {
	if !usual(p) {
		if err := characters(p); err != nil {
			return "", err
		}
	}
	for part := range strings.SplitSeq(p, "/") {
		if err := component(part); err != nil {
			return "", err
		}
	}
	full, err := Resolve(dir, p)
	if err != nil {
		return "", err
	}
	delivers := !strings.HasSuffix(p, "/") && format.Delivers(kind, path.Ext(full))
	switch {
	case !format.Textual(kind) && !delivers:
		return "", fmt.Errorf("%s outputs end in %s", kind, diag.Quoted(format.Extensions(kind), "or"))
	case format.Textual(kind) && !delivers:
		return "", fmt.Errorf("%s outputs are texts, whose names end in an extension such as %q, and in none of a picture or film", kind, ".json")
	case format.Textual(kind):
		if err := text(p, path.Base(full)); err != nil {
			return "", err
		}
	}
	return full, nil
}

// read are the ends of files that are read as configuration or its values.
var read = []string{".asset.hcl", ".asset.json", ".auto.vars.hcl", ".auto.vars.json"}

// run are the names of files that programs run, or take commands or packages to
// load from, wherever they lie. What has no extension is refused without them.
var run = []string{
	"package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-workspace.yaml", "deno.json", "bunfig.toml", "composer.json",
	"tsconfig.json", "gulpfile.js", "gruntfile.js", "go.mod", "go.sum", "go.work", "cargo.toml", "cargo.lock", "build.rs",
	"pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "conftest.py", "noxfile.py", "tox.ini", "pom.xml", "build.xml",
	"build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "cmakelists.txt", "meson.build", "makefile.am",
	"directory.build.props", "directory.build.targets", "nuget.config", "compose.yaml", "compose.yml", "docker-compose.yaml",
	"docker-compose.yml", "taskfile.yaml", "taskfile.yml", "lefthook.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml",
	"appveyor.yml", "cloudbuild.yaml", "netlify.toml", "vercel.json", "firebase.json", "wrangler.toml",
}

// scripts are the extensions of those that tools for the web load their settings
// from, as vite.config.js.
var scripts = []string{".js", ".cjs", ".mjs", ".ts", ".cts", ".mts"}

// text checks the path of an output that may have any extension: what is
// written there must not be taken for what people write by assetform or git, nor
// be run by programs because it is called so.
func text(p, name string) error {
	folded := Fold(name)
	for _, end := range read {
		if strings.HasSuffix(folded, end) {
			return fmt.Errorf("files that end in %q are read as configuration, so it writes none", end)
		}
	}
	for part := range strings.SplitSeq(p, "/") {
		if strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return fmt.Errorf("%q begins with a dot, as what programs look for does", part)
		}
	}
	base, isScript := strings.TrimSuffix(folded, path.Ext(folded)), slices.Contains(scripts, path.Ext(folded))
	if slices.Contains(run, folded) || isScript && strings.HasSuffix(base, ".config") {
		return fmt.Errorf("%q is the name of a file that programs run or take commands from", name)
	}
	return nil
}

// characters checks those of the path of an output.
func characters(p string) error {
	if i := strings.IndexFunc(p, unicode.IsControl); i >= 0 {
		return fmt.Errorf("it has the control character %q", p[i])
	}
	for _, r := range p {
		if unicode.Is(unicode.Bidi_Control, r) {
			return fmt.Errorf("it has the character %U, which makes a name read as another", r)
		}
	}
	if i := strings.IndexAny(p, `\:*?"<>|`); i >= 0 {
		if p[i] == '\\' {
			return fmt.Errorf(`it has a backslash; separate directories with "/"`)
		}
		return fmt.Errorf("it has the character %q, which no file of Windows may have", p[i:i+1])
	}
	return nil
}

// component checks one name in the path of an output.
func component(part string) error {
	const longest = 255
	switch {
	case part == "." || part == "..":
		return nil
	case len(part) > longest:
		return fmt.Errorf("\"%.12s...\" is a name of %d bytes, and file systems take %d at most", part, len(part), longest)
	case strings.HasSuffix(part, "."), strings.HasSuffix(part, " "):
		return fmt.Errorf("%q ends in a dot or blank, which Windows drops", part)
	case isDeviceName(part):
		return fmt.Errorf("%q is the name of a device of Windows", part)
	case (len(part) == len(lockName) || !isASCII(part)) && Fold(part) == lockName:
		return fmt.Errorf("%q would stand where the lock has to", part)
	}
	return nil
}

// devices are the names that Windows takes for a device, but for the numbered
// ones.
var devices = []string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}

// isDeviceName reports whether Windows takes a component of a path for a
// device, as it does with any extension and in any case.
func isDeviceName(part string) bool {
	if part == "" || !strings.Contains("CPANLcpanl", part[:1]) {
		return false
	}
	base, _, _ := strings.Cut(part, ".")
	base = strings.TrimRight(base, " ")
	if slices.ContainsFunc(devices, func(name string) bool { return strings.EqualFold(base, name) }) {
		return true
	}
	if len(base) < 4 || !strings.EqualFold(base[:3], "COM") && !strings.EqualFold(base[:3], "LPT") {
		return false
	}
	number, size := utf8.DecodeRuneInString(base[3:])
	return size == len(base)-3 && strings.ContainsRune("0123456789¹²³", number)
}

package export_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/engine/derive/export"
)

// missing skips a test whose tool is not on the machine, unless
// ASSETFORM_REQUIRE_TOOLS=1 says that there has to be one.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("ASSETFORM_REQUIRE_TOOLS") == "1" {
		t.Fatalf("ASSETFORM_REQUIRE_TOOLS is set, but there is no %s", what)
	}
	t.Skipf("no %s", what)
}

func tool(t *testing.T, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skipf("starts %s", name)
	}
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name)
	}
	return path
}

// module returns the folder of a package of npm, which NODE_PATH leads to.
func module(t *testing.T, name string) string {
	t.Helper()
	node := tool(t, "node")
	const find = `const name = process.argv[1], at = require.resolve(name), end = "node_modules/" + name + "/"; at.slice(0, at.indexOf(end) + end.length)`
	out, err := exec.Command(node, "-p", find, name).Output()
	if err != nil {
		missing(t, "package "+name+" of npm in NODE_PATH")
	}
	return strings.TrimSpace(string(out))
}

// try runs a tool in a directory and wants it to find nothing wrong.
func try(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	// Godot writes into the home directory.
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir, "GOWORK=off", "GOFLAGS=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// eachModel writes the three models as a file in a directory of its own.
func eachModel(t *testing.T, format, name string, do func(t *testing.T, dir string, records []export.Record)) {
	for which, records := range map[string][]export.Record{"sample": sample(), "nasty": nasty(), "empty": nil} {
		t.Run(which, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			save(t, dir, name, string(render(t, format, records, nastySettings())))
			do(t, dir, records)
		})
	}
}

func save(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestToolGo(t *testing.T) {
	t.Parallel()
	program := tool(t, "go")
	eachModel(t, "go", "assets.go", func(t *testing.T, dir string, _ []export.Record) {
		save(t, dir, "go.mod", "module assets\n\ngo 1.20\n")
		try(t, dir, program, "vet", ".")
	})
}

// TestToolTypeScript compiles to JavaScript, which has to be what JSON says.
func TestToolTypeScript(t *testing.T) {
	t.Parallel()
	compiler := filepath.Join(module(t, "typescript"), "bin", "tsc")
	eachModel(t, "typescript", "assets.ts", func(t *testing.T, dir string, records []export.Record) {
		save(t, dir, "assets.json", string(render(t, "json", records, nastySettings())))
		save(t, dir, "use.ts", `import {assets, type AssetAddress} from "./assets"; export const x: [typeof assets, AssetAddress?] = [assets];`)
		try(t, dir, "node", compiler, "--strict", "--target", "es2020", "--module", "commonjs", "use.ts")
		try(t, dir, "node", "-e", `require("assert").deepStrictEqual(JSON.stringify(require("./assets").assets), JSON.stringify(require("./assets.json").assets))`)
	})
}

func TestToolCSharp(t *testing.T) {
	t.Parallel()
	compiler := tool(t, "mcs")
	eachModel(t, "csharp", "assets.cs", func(t *testing.T, dir string, _ []export.Record) {
		try(t, dir, compiler, "-warnaserror", "-target:library", "-out:assets.dll", "assets.cs")
	})
}

func TestToolGodot(t *testing.T) {
	t.Parallel()
	godot := tool(t, "godot3-server")
	eachModel(t, "gdscript", "assets.gd", func(t *testing.T, dir string, _ []export.Record) {
		try(t, dir, godot, "--check-only", "-s", "assets.gd")
	})
}

func TestToolCSS(t *testing.T) {
	t.Parallel()
	module(t, "css-tree")
	const check = `
		const css = require("css-tree"), wrong = [];
		const tree = css.parse(require("fs").readFileSync("assets.css", "utf8"), {parseCustomProperty: true, onParseError: e => wrong.push(e.message)});
		css.walk(tree, n => {
			if (n.type === "Raw") wrong.push("raw " + n.value);
			if (n.type !== "Declaration" || n.property.startsWith("--")) return;
			const match = css.lexer.matchDeclaration(n);
			if (match.error) wrong.push(n.property + ": " + match.error.message);
		});
		if (wrong.length) throw new Error(wrong.join("\n"));
		console.log(css.findAll(tree, n => n.type === "Url").length)`
	eachModel(t, "css", "assets.css", func(t *testing.T, dir string, records []export.Record) {
		urls := len(records)
		for _, r := range records {
			urls += len(r.Frames)
		}
		if out := strings.TrimSpace(try(t, dir, "node", "-e", check)); out != itoa(urls) {
			t.Errorf("%s urls, want %d", out, urls)
		}
	})
}

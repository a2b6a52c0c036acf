package config

import (
	"strings"
	"testing"
)

// TestExplained holds what people are told who write what Terraform or another
// generator has and this language has not, or a value that is meant as another.
func TestExplained(t *testing.T) {
	t.Parallel()
	image := func(attrs string) string {
		return "image \"a\" {\n  prompt = \"x\"\n  output = \"a.png\"\n  " + attrs + "\n}\n"
	}
	local := func(expr string) string { return "locals {\n  a = " + expr + "\n}\n" }
	for _, test := range []struct{ src, want string }{
		{`resource "x" "y" {}`, `are not expected here. Assets are declared by their kind`},
		{`data "x" "y" {}`, `csvdecode(file(...))`},
		{`terraform {}`, `block assetform`},
		{`check "x" {}`, `precondition or postcondition`},
		{`imags "x" {}`, `Did you mean "image"?`},
		{`image {}`, `image "NAME" { ... }`},
		{`image "a" "b" {}`, `Remove this one.`},
		{image(`depends_on = []`), `replace_triggered_by`},
		{image(`duration = 8`), `self.duration`},
		{image(`negative_prompt = "x"`), `Say in the prompt`},
		{image(`filename = "x"`), `The file to write is output.`},
		{image(`lifecycle = {}`), `It is a block: write lifecycle { ... }.`},
		{image(`ignore_changes = [prompt]`), `It stands in the block lifecycle.`},
		{image(`precondition {}`), `It stands in the block lifecycle.`},
		{image("lifecycle {\n create_before_destroy = true\n}"), `It is always so`},
		{image(`seeds = 1`), `Did you mean "seed"?`},
		{image(`whatever = 1`), `What may stand here: "output"`},
		{"module \"m\" {\n  source = \"./m\"\n  version = \"1\"\n}", `no versions of modules`},
		{"module \"m\" {\n  source = \"m\"\n}", `write "./m"`},
		{"module \"m\" {\n  source = \"git::https://x.org/y\"\n}", `git submodule`},
		{"module \"m\" {\n  source = \"github.com/x/y\"\n}", `git submodule`},
		{"module \"m\" {\n  source = \"git@x.org:y\"\n}", `git submodule`},
		{"module \"m\" {\n  source = \"/home/me/m\"\n}", `copy it into the project`},
		{"variable \"v\" {\n  type = list(string)\n  default = \"x\"\n}", `does not fit: list(string) is required`},
		{"variable \"v\" {\n  type = map(number)\n  default = { a = \"x\" }\n}", `map(number) is required: ["a"]: a number`},
		{"module \"m\" {\n  source = \"./m\"\n  depends_on = []\n}", `replace_triggered_by`},
		{"output \"o\" {\n  value = 1\n  description = timestamp()\n}", `differ from run to run`},
		{"variable \"v\" {\n  default = uuid()\n}", `there is none named "uuid". Its result would differ`},
		{local(`timestamp()`), `differ from run to run`},
		{local(`bcrypt("x")`), `differ from run to run`},
		{local(`type(1)`), `console`},
		{local("module.m.x") + "module \"m\" {\n  source = \"./m\"\n}\n", `it has "image", "video", "variant", "atlas" and "export".`},
		{local(`core::max(1)`), `Write max, without core::.`},
		{local(`try(uuid(), timestamp())`), `differ from run to run`},
		{local(`"${timestamp()}"`), `differ from run to run`},
		{local(`lenght("x")`), `Did you mean "length"?`},
		{local(`path.cwd`), `differs from one machine to another`},
		{local(`terraform.workspace`), `no workspaces`},
		{local(`data.x.y.z`), `Nothing is read from other systems`},
		{local(`self.width`), `only in a postcondition`},
		{local(`aws_instance.x`), `References begin with "atlas"`},
		{local(`image.a.duration`) + image(""), `a postcondition can check self.duration.`},
		{local(`{ b = 1, cc = 2 }.d`), `There are "b" and "cc".`},
		{local(`{ bbb = 1, ccc = 2 }.bb`), `Did you mean "bbb"?`},
		{local(`{ bbb = 1, ccc = 2 }["bb"]`), `Did you mean "bbb"?`},
		{local(`[{ bbb = 1, ccc = 2 }][*].dd`), `There are "bbb" and "ccc".`},
		{local(`[for x in [{ bbb = 1, ccc = 2 }] : x.dd]`), `There are "bbb" and "ccc".`},
		{local(`[1, 2][2]`), `It has 2 elements, counted from 0.`},
		{local(`csvdecode("id;name\na;b")[0].id`), `parted by ";"`},
		{local(`csvdecode("id\tname\na\tb")[0].id`), `parted by "\t"`},
		{local(`csvdecode("id,name,,\na,b,,")`), `two columns have no name`},
		{local(`csvdecode("id,name\na,b, c")`), `line 2 of the table has 3 fields, but its header has 2 columns`},
		{local(`split("\r\n", "a\nb")`), `file() gives LF`},
		{local(`yamldecode("a: .inf")`), `infinite`},
		{image(`aspect_ratio = "16:9"`), `Did you mean "landscape"?`},
		{image(`aspect_ratio = "1080 x 1920"`), `Did you mean "portrait"?`},
		{image(`aspect_ratio = "Vertical"`), `Did you mean "portrait"?`},
		{image(`aspect_ratio = "5:4"`), `The nearest is "square", which is 1:1.`},
		{image(`model = "Nano Banana Pro"`), `Did you mean "nano_banana_pro"?`},
		{image(`model = "gemini-2.5-flash-image"`), `Did you mean "nano_banana"?`},
		{image(`seed = ""`), `seed = try(tonumber(...), null)`},
		{"video \"a\" {\n  prompt = \"x\"\n  output = \"a.mp4\"\n  image = \"x.png\"\n  loop = \"TRUE\"\n}", `use lower(...)`},
		{local(`csvdecode("a,b\n1,x \"y\"")`), `each quote in it written twice`},
		{image(`seed = [1]`), `Found a list, but the seed of image.a must be a number.`},
		{image("for_each = csvdecode(\"id\\n1\")"), `{ for r in ... : r.NAME => r }`},
		{image(`for_each = ["x"]`), `Found a list,`},
		{image("for_each = toset(split(\",\", \"a,\"))"), `toset(compact(...))`},
		{"image \"a\" {\n  prompt = \"" + strings.Repeat("é", 10_001) + "\"\n  output = \"a.png\"\n}\n", `10,001 characters`},
		{"variable \"q\" {\n  type = \"string\"\n  default = \"\"\n}", `without quotes`},
		{"variable \"n\" {\n  type = number\n  default = \"x\"\n}", `does not fit: a number is required.`},
		{"variable \"n\" {\n  type = int\n}", `"int" is no type. Did you mean "number"? Types are string,`},
		{"variable \"n\" {\n  type = list(strng)\n}", `"strng" is no type. Did you mean "string"?`},
		{"variable \"n\" {\n  default = gloomy\n}", `A text stands in quotes: "gloomy".`},
		{local(`gloomy`), `A text stands in quotes: "gloomy".`},
		{local(`style`) + "variable \"style\" {\n  default = 1\n}\n", `Did you mean "var.style"?`},
		{local(`"the ${hero}"`), `$${hero}`},
		{local(`"a" + "b" + "c"`), `Texts are joined by writing them into one`},
		{local(`"%{buy}"`), `%%{`},
		{local("\"costs ${5\""), `$${`},
		{local(`file("https://example.com/a.txt")`), `is an address, and nothing is fetched`},
		{local(`file("C:\\Users\\a.txt")`), `is absolute: write it relative`},
		{local(`file("texts\\a.txt")`), `as in "texts/a.txt"`},
		{local(`file("n/m.asset.hcl")`), `file does not exist.`},
		{local(`file("m/n.asset.hcl")`), `file does not exist, but beside it there is "m.asset.hcl".`},
		{local(`file("m/m.asset")`), `but beside it there is "m.asset.hcl".`},
		{image(`references = [filebase64("ph.jpg")]`), `this is the content of a file. Write its path instead`},
		{image(`references = [file("ph.jpg")]`), `write its path itself, without file(...)`},
		{image(`references = ["data:image/png;base64,AAAA"]`), `this is the content of a file`},
		{image(`references = ["https://example.com/a.png"]`), `is an address, and nothing is fetched`},
		{image(`references = ["~/a.png"]`), `Nothing stands for a home directory`},
		{image(`references = ["Ph.JPG"]`), `does not exist, but beside it there is "ph.jpg".`},
		{image(`references = ["image.hero"]`), `write it without quotes`},
		{`{"image": {"a": {"prompt": "x", "output": "a.png", "references": ["image.b"]}}}`, `write "${image.b}"`},
		{image(`references = ["a knight"]`), `What is said in words belongs in the prompt.`},
		{image(`style = "watercolour"`), `What is said in words belongs in the prompt.`},
		{image(`references = [image.b]`) + "video \"b\" {\n  prompt = \"x\"\n  output = \"b.mp4\"\n}\n", `There is no image to refer to`},
		{image(`references = [image.b]`) + "image \"hero\" {\n  prompt = \"x\"\n  output = \"b.png\"\n}\n", `There is only image.hero.`},
		{image(`references = [hero]`) + "image \"hero\" {\n  prompt = \"x\"\n  output = \"b.png\"\n}\n", `Did you mean "image.hero"?`},
		{image(`references = [image.hero.url]`) + "image \"hero\" {\n  prompt = \"x\"\n  output = \"b.png\"\n}\n", `name the asset alone`},
		{image(`references = ["../../x.png"]`), `has to be put there first`},
		{"video \"a\" {\n  prompt = \"x\"\n  output = \"a.mp4\"\n  loop = True\n}\n", `Write true.`},
		{"image \"a\" {\n  prompt = \"x\"\n  output = \"~/a.png\"\n}\n", `nothing stands for a home directory`},
		{image(`aspect_ratio = 16/9`), `Found a number`},
		{image("for_each = { a = { name = \"x\" } }\n  seed = each.name"), `each.value.name`},
		{image(`for_each = "items.csv"`), `csvdecode(file("items.csv"))`},
		{local(`{ for r in [{ id = "a" }, { id = "a" }] : r.id => r }`), `two fields together`},
		{local(`csvdecode("items.csv")`), `write csvdecode(file("items.csv"))`},
		{local(`"items.yaml".name`), `a text has no attributes`},
		{local(`getenv("KEY")`), `set ASSETFORM_VAR_NAME`},
		{local(`Len([1])`), `Write length(...).`},
		{local(`$x`), `without a dollar sign`},
		{local(`"art\hero.png"`), `parted by /`},
		{local(`image.a[0].path`) + image(""), `without instances. Write image.a.`},
		{local(`image.a["z"].path`) + image(`count = 0`), `It has none at all.`},
		{image("lifecycle {\n postcondition {\n condition = \"yes\"\n error_message = \"x\"\n }\n}"), `Found a string, but a condition must be true or false.`},
		{image("lifecycle {\n postcondition {\n condition = self.width\n error_message = \"x\"\n }\n}"), `Found a number, but a condition must be true or false.`},
		{image(`count = true`), `CONDITION ? 1 : 0`},
		{"if true {}\n", `There are no statements`},
		{local(`var.mood`), `Declare it: variable "mood" {}.`},
		{"module \"m\" {\n  source = \"./mm\"\n}\n", `beside it there is "m".`},
		{"module \"m\" {\n  source = \"m\"\n}\n", `write "./m"`},
		{"image = {}\n", `write image "NAME" { ... }.`},
		{"prompt = \"x\"\n", `It stands in an image or video block`},
		{"budget {}\n", `It stands in the block assetform.`},
		{"picture \"x\" {}\n", `image "NAME" { ... }`},
		{"provider \"imaginator\" {\n  token = \"x\"\n}\n", `The key is api_key`},
		{image(`if = true`), `use count`},
		{"image \"a\" {\n  prompt \"x\"\n}\n", `write NAME = VALUE`},
		{local(`a brave knight`), `A text stands in quotes.`},
		{local(`true and false`), `&& for and`},
		{local(`"""x"""`), `<<-EOT and EOT`},
		{local(`1`) + "}\n", `Remove it, or look for a {`},
		{"-- a comment\n", `A comment begins with #.`},
		{image(`subject = "ph"`), `beside it there is "ph.jpg"`},
		{`{"locals": {"a": "100% ${ x"}}`, `$${`},
		{`{"locals": {"a": "%{buy}"}}`, `%%{`},
		{"{\n// a comment\n}", `JSON has no comments`},
		{image(`n = 4`), `use count or for_each`},
		{image(`quality = "high"`), `an image chooses it with model`},
		{image(`format = "png"`), `The end of the output decides`},
		{"defaults \"image\" {\n  output = \"a.png\"\n}\n", `Each asset has an output of its own`},
		{"image \"a\" {\n  for_each = toset([\"A\", \"a\"])\n  prompt = \"x\"\n  output = \"${each.key}.png\"\n}\n", `writes "A.png". The paths differ only in case`},
		{"image \"a\" {\n  for_each = toset([\"A\", \"a\"])\n  prompt = \"x\"\n  output = \"${lower(each.key)}.png\"\n}\n", `is the same for both`},
	} {
		name := "main.asset.hcl"
		if strings.HasPrefix(test.src, "{") {
			name = "main.asset.json"
		}
		_, diags := loadFiles(t, map[string]string{name: test.src, "m/m.asset.hcl": "", "ph.jpg": "\xff\xd8\xff\xe0" + strings.Repeat("\x00\x80", 9000)})
		found := false
		for _, d := range diags {
			found = found || strings.Contains(d.Detail, test.want)
		}
		if !found {
			t.Errorf("%.200s\nis not told %q, but:\n%s", test.src, test.want, describe(diags))
		}
	}
}

// One mistake is told of once, by what it is and not by what follows from it.
func TestOneMistakeOneError(t *testing.T) {
	t.Parallel()
	const values = "variable \"m\" {}\nvariable \"n\" {}\n"
	for _, test := range []struct {
		files map[string]string
		want  string
	}{
		{map[string]string{"main.asset.hcl": "image \"a\" {\n  promt = \"x\"\n  output = \"a.png\"\n}\n"}, `Did you mean "prompt"?`},
		{map[string]string{"main.asset.hcl": "image \"a\" {\n  prompt = \"x\"\n  outptu = \"a.png\"\n}\n"}, `Did you mean "output"?`},
		{map[string]string{"main.asset.hcl": "image \"a\" {\n  prompt = \"x\"\n  filename = \"a.png\"\n}\n"}, `is output`},
		{map[string]string{"main.asset.hcl": "defaults \"image\" {\n  promt = \"x\"\n}\nimage \"a\" {\n  output = \"a.png\"\n}\n"}, `Did you mean "prompt"?`},
		{map[string]string{"main.asset.hcl": "output \"o\" {\n  vale = 1\n}\n"}, `Did you mean "value"?`},
		{map[string]string{"main.asset.json": `{"image": {"a": {"promt": "x", "output": "a.png"}}}`}, `Did you mean "prompt"?`},
		{map[string]string{"main.asset.hcl": values, "x.auto.vars.json": `{"m": `}, `ends prematurely`},
		{map[string]string{"main.asset.hcl": values, "x.auto.vars.json": ``}, `ends prematurely`},
		{map[string]string{"main.asset.hcl": values, "x.auto.vars.json": `m = "x"`}, `in a file that ends in .hcl`},
		{map[string]string{"main.asset.hcl": values, "x.auto.vars.json": `{"m": "x",}`}, `trailing comma`},
		{map[string]string{"main.asset.hcl": values, "x.auto.vars.hcl": "m = \"x\nn = 1\n"}, `ends on its line`},
		{map[string]string{"main.asset.hcl": values, "x.auto.vars.hcl": "m = gloomy\nn = 1\n"}, `A text stands in quotes: "gloomy".`},
		{map[string]string{"main.asset.hcl": "locals {\n  a = \"a\" + \"b\" + \"c\"\n}\n"}, `+ adds numbers`},
		{map[string]string{"main.asset.hcl": "locals {\n  a = \"100%{\"\n  b = \"x\"\n}\n"}, `%%{`},
		{map[string]string{"main.asset.hcl": "locals {\n  a = 'a knight'\n}\n"}, `Use double quotes`},
		{map[string]string{"main.asset.hcl": "locals {\n  a = “a knight”\n}\n"}, `straight quote`},
		{map[string]string{"main.asset.hcl": "locals {\n  a = \"C:\\Users\\me\\x.png\"\n}\n"}, `parted by /`},
		{map[string]string{"main.asset.hcl": "locals {\n  a = 1;\n}\n"}, `Use newlines`},
		{map[string]string{"main.asset.hcl": "module \"m\" {\n  source = \"./m\"\n  colr = 1\n}\n", "m/m.asset.hcl": "variable \"color\" {}\n"}, `Did you mean "color"?`},
		{map[string]string{"main.asset.hcl": "variable \"m\" {}\n", "terraform.tfvars": "m = 1\n"}, `name it assetform.auto.vars.hcl.`},
		{map[string]string{"main.asset.hcl": "variable \"m\" {}\n", "x.auto.tfvars.json": "{}"}, `name it x.auto.vars.json.`},
	} {
		_, diags := loadFiles(t, test.files)
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, test.want) {
			t.Errorf("%q\nis not told %q alone, but:\n%s", test.files, test.want, describe(diags))
		}
	}
}

// What is sensitive is in no list of names.
func TestExplainedSecrets(t *testing.T) {
	t.Parallel()
	_, diags := loadFiles(t, map[string]string{"main.asset.hcl": "variable \"s\" {\n  sensitive = true\n  default = { hunter2 = 1 }\n}\nlocals {\n" +
		"  a = var.s.x\n  b = { for k, v in var.s : k => v }.y\n  c = [var.s][*].z\n  d = var.s[\"w\"]\n}\n"})
	if text := describe(diags); len(diags) < 4 || strings.Contains(text, "hunter2") {
		t.Errorf("%d problems:\n%s", len(diags), text)
	}
}

// Which rows of a sensitive table are like each other is not told either.
func TestKeysOfSecretRows(t *testing.T) {
	t.Parallel()
	for _, table := range []string{`[{ id = "hunter2" }, { id = "hunter2" }]`, `[{ id = "" }, { id = "" }]`, `[{ id = "a" }, { id = null }]`} {
		_, diags := loadFiles(t, map[string]string{"main.asset.hcl": "variable \"s\" {\n  sensitive = true\n  default = " + table +
			"\n}\nlocals {\n  by_id = { for r in var.s : r.id => r }\n}\noutput \"o\" {\n  value = local.by_id\n  sensitive = true\n}\n"})
		if text := describe(diags); len(diags) == 0 || strings.Contains(text, "hunter2") || strings.Contains(text, "element") {
			t.Errorf("%s:\n%s", table, text)
		}
	}
}

// An instance whose key makes another file of its output is reported with the
// row of the table that it is made of.
func TestKeysOfRows(t *testing.T) {
	t.Parallel()
	const icons = "locals {\n  rows = csvdecode(file(\"items.csv\"))\n  by_id = { for r in local.rows : r.id => r }\n}\n" +
		"image \"icon\" {\n  for_each = local.by_id\n  prompt = each.value.text\n  output = \"icons/${each.key}.png\"\n}\n"
	const texts = "locals {\n  rows = csvdecode(file(\"items.csv\"))\n}\n" +
		"image \"icon\" {\n  for_each = { for i, r in local.rows : \"n${i}\" => r }\n  prompt = each.value.text\n  output = \"icons/${lower(each.value.id)}.png\"\n}\n"
	const free = "locals {\n  rows = csvdecode(file(\"items.csv\"))\n}\n" +
		"image \"icon\" {\n  for_each = { for r in local.rows : r.id => r }\n  prompt = each.key\n  output = \"${each.value.text}.png\"\n}\n"
	for _, test := range []struct{ src, table, want string }{
		{icons, "id,text\na,A\n,B\n", "row 3 of items.csv, where the header is row 1"},
		{icons, "id,text\na,A\n../b,B\n", `each.key is "../b", which leads to another directory. The key comes from row 3 of items.csv`},
		{icons, "id,text\n..,A\n", "row 2"},
		{icons, "id,text\nb/../c,A\n", "row 2"},
		{icons, "id,text\na,A\nb:c,B\n", "row 3"},
		{icons, "id,text\na,A\nCON,B\n", "row 3"},
		{strings.Replace(icons, "{ for r in local.rows : r.id => r }", "toset(local.rows[*].id)", 1), "id,text\na,A\n,B\n", "row 3 of items.csv"},
		{strings.Replace(icons, "{ for r in local.rows : r.id => r }", "toset([for r in local.rows : lower(r.id)])", 1), "id,text\n..,A\n,B\n", "row 3 of items.csv"},
		{strings.Replace(icons, "csvdecode(file(\"items.csv\"))", "yamldecode(file(\"items.csv\"))", 1), "[{id: a, text: b}, {id: a/../../b, text: c}]", "element 1 of items.csv, counted from 0"},
		{texts, "id,text\na,A\n,B\n", "lower(each.value.id) is empty. The key comes from row 3"},
		{texts, "id,text\n../A,A\n", `lower(each.value.id) is "../a"`},
		{icons, "id,text\na/b,A\nc d,B\n", ""},
		// Blank lines are rows of a spreadsheet; a field of several lines is in one.
		{icons, "id,text\na,A\n\n\nb:,B\n", "row 5 of items.csv"},
		{icons, "id,text\r\na,\"A\r\nA\"\r\n\r\nb:,B\r\n", "row 4 of items.csv"},
		// Keys that are there more than once, and none.
		{icons, "id,text\na,A\n,\n,\n", `is empty: it comes from rows 3 and 4 of items.csv, where the header is row 1. Fill it in, or pass over what has none: { for r in ... : r.id => ... if r.id != "" }.`},
		{icons, "id,text\na,A\nb,B\n\na,C\na,D\n", `The key "a" is there more than once: it comes from rows 2, 5 and 6 of items.csv`},
		{icons, "id,text\n" + strings.Repeat("a,A\n", 10), `rows 2, 3, 4, 5, 6 and 5 more of items.csv`},
		{strings.Replace(icons, "csvdecode", "jsondecode", 1), `[{"id":"a","text":"A"},{"id":"b","text":"B"},{"id":"a","text":"C"}]`, `elements 0 and 2 of items.csv, counted from 0`},
		{strings.Replace(icons, "csvdecode", "jsondecode", 1), `[{"id":"a","text":"A"},{"id":null,"text":"B"}]`, `is null: it comes from element 1 of items.csv`},
		{strings.Replace(icons, "r.id => r }", "r.id => r if r.text != \"no\" }", 1), "id,text\na,A\na,no\na,C\n", `rows 2 and 4 of items.csv`},
		{strings.Replace(icons, "for r in local.rows", "for r in csvdecode(file(\"items.csv\"))", 1), "id,text\na,A\na,C\n", `rows 2 and 3 of items.csv`},
		{free, "id,text\nA knight, hm,a\n", "3 fields"},
		{free, "id,text\n\"A knight: ..\",a\n", ""},
	} {
		_, diags := loadFiles(t, map[string]string{"main.asset.hcl": test.src, "items.csv": test.table})
		if text := describe(diags); test.want == "" && len(diags) > 0 || !strings.Contains(text, test.want) {
			t.Errorf("table %q is not told %q, but:\n%s", test.table, test.want, text)
		}
	}
}

// Files that an editor or git saved in another way are the same configuration.
func TestTextFromOutside(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"main.asset.hcl": "locals {\n  rows = csvdecode(file(\"items.csv\"))\n}\nvariable \"style\" {}\n" +
			"image \"icon\" {\n  for_each = { for r in local.rows : r.id => r }\n  prompt = <<-EOT\n    ${each.value.text}\n    ${file(\"style.txt\")} ${var.style}\n  EOT\n" +
			"  output = \"${each.key}.png\"\n}\nimage \"t\" {\n  prompt = templatefile(\"t.tpl\", { lines = split(\"\\n\", file(\"style.txt\")) })\n  output = \"t.png\"\n}\n",
		"items.csv":                "id,text\na,\"A\nB\"\nc,C\n",
		"style.txt":                "warm\npainterly\n",
		"t.tpl":                    "%{ for l in lines ~}\n- ${l}\n%{ endfor ~}\n",
		"assetform.auto.vars.hcl":  "style = <<EOT\none\ntwo\nEOT\n",
		"more.auto.vars.json":      "{\n\"other\": 1\n}\n",
		"module/module.asset.json": "{\n}\n",
	}
	prompts := func(files map[string]string) string {
		p, diags := loadFiles(t, files)
		if diags.HasErrors() {
			t.Fatalf("%s", describe(diags))
		}
		var b strings.Builder
		for _, s := range p.Specs {
			b.WriteString(s.Address.String() + " " + s.Params[0].Value.(string) + "\n")
		}
		return b.String()
	}
	want := prompts(files)
	for how, save := range map[string]func(string) string{
		"byte order mark": func(s string) string { return "\ufeff" + s },
		"CRLF":            func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"CR":              func(s string) string { return strings.ReplaceAll(s, "\n", "\r") },
		"mark and CRLF":   func(s string) string { return "\ufeff" + strings.ReplaceAll(s, "\n", "\r\n") },
	} {
		saved := map[string]string{}
		for name, content := range files {
			saved[name] = save(content)
		}
		if got := prompts(saved); got != want {
			t.Errorf("with %s the prompts are\n%q, want\n%q", how, got, want)
		}
	}
}

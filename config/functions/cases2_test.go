package functions

// moreFunctionCases are the cases of encodings, files, hashes, dates, networks
// and types. The files are those of functionFiles.
var moreFunctionCases = map[string][][2]string{
	"base64decode":     {{`base64decode("SGVsbG8gV29ybGQ=")`, `"Hello World"`}, {`base64decode("")`, `""`}, {`base64decode("w6k=")`, `"é"`}, {`base64decode("!")`, `error: position 0`}, {`base64decode("/w==")`, `error: not valid UTF-8`}},
	"base64encode":     {{`base64encode("Hello World")`, `"SGVsbG8gV29ybGQ="`}, {`base64encode("")`, `""`}, {`base64encode("é")`, `"w6k="`}},
	"csvdecode":        {{`csvdecode("a,b,c\n1,2,3\n4,5,6")`, `[{ a = "1", b = "2", c = "3" }, { a = "4", b = "5", c = "6" }]`}, {`csvdecode("a\n")`, `[]`}, {`csvdecode("a\n\"x, \"\"y\"\"\"\n")[0].a`, `"x, \"y\""`}, {`csvdecode("")`, `error: missing header line`}, {`csvdecode("a,a\n1,2")`, `error: duplicate column name "a"`}, {`csvdecode("a,b\n1")`, `error: line 2 of the table has 1 field, but its header has 2 columns; give "1" the commas of empty fields, or delete it`}, {`csvdecode("a,b\n1,2\n\nTotal\n")`, `error: line 4 of the table has 1 field, but its header has 2 columns; give "Total"`}, {`csvdecode("a,b\n1,2\n \t\n")`, `error: give " \t" the commas`}, {`csvdecode("a,b\n1,2\n\u001a")`, `error: give "\x1a" the commas`}, {`csvdecode("a,b\n1,2,3\n")`, `error: has 3 fields, but its header has 2 columns; a field with a comma`}, {`csvdecode("\"sep=;\"\na;b\n")`, `error: is for spreadsheets alone`}, {`csvdecode("SEP=;\na;b\n")`, `error: is for spreadsheets alone`}, {`csvdecode("sep=x,b\n1,2")[0].b`, `"2"`}, {`csvdecode("a (b; c)\nd\ne;f")`, `[{ "a (b; c)" = "d" }, { "a (b; c)" = "e;f" }]`}, {`csvdecode("a;b\n\nc;d")`, `error: parted by ";"`}, {`csvdecode("a;b\n")`, `error: parted by ";"`}, {`csvdecode("a\t\nb")[0]`, `{ "a\t" = "b" }`}},
	"jsondecode":       {{`jsondecode("{\"hello\": \"world\"}")`, `{ hello = "world" }`}, {`jsondecode("true")`, `true`}, {`jsondecode("[1, null]")`, `[1, null]`}, {`jsondecode("{")`, `error: EOF`}, {`jsondecode("\"\\ud83d\"")`, `error: one half of a pair`}, {`jsondecode("\"\\ud83d\\udc09\"")`, `"🐉"`}, {`jsondecode(t.brackets)`, `error: nested more than 500 levels`}, {`jsondecode("1e600000000")`, `error: too many digits`}},
	"jsonencode":       {{`jsonencode({ hello = "world" })`, `"{\"hello\":\"world\"}"`}, {`jsonencode([1, true, null])`, `"[1,true,null]"`}, {`jsonencode("<&>")`, `"\"\\u003c\\u0026\\u003e\""`}},
	"textdecodebase64": {{`textdecodebase64("SABlAGwAbABvACAAVwBvAHIAbABkAA==", "UTF-16LE")`, `"Hello World"`}, {`textdecodebase64("6Q==", "ISO-8859-1")`, `"é"`}, {`textdecodebase64("", "utf-8")`, `""`}, {`textdecodebase64("x", "UTF-8")`, `error: invalid base64`}, {`textdecodebase64("", "klingon")`, `error: not a supported IANA encoding`}, {`textdecodebase64("/w==", "UTF-8")`, `error: not defined for UTF-8`}},
	"textencodebase64": {{`textencodebase64("Hello World", "UTF-16LE")`, `"SABlAGwAbABvACAAVwBvAHIAbABkAA=="`}, {`textencodebase64("é", "ISO-8859-1")`, `"6Q=="`}, {`textencodebase64("", "UTF-8")`, `""`}, {`textencodebase64("漢", "ISO-8859-1")`, `error: cannot be represented`}, {`textencodebase64("", "klingon")`, `error: not a supported IANA encoding`}},
	"urlencode":        {{`urlencode("Hello World!")`, `"Hello+World%21"`}, {`urlencode("☃")`, `"%E2%98%83"`}, {`urlencode("foo:bar@localhost?foo=bar&bar=baz")`, `"foo%3Abar%40localhost%3Ffoo%3Dbar%26bar%3Dbaz"`}},
	"yamldecode":       {{`yamldecode("hello: world")`, `{ hello = "world" }`}, {`yamldecode("- 1\n- true\n- ~")`, `[1, true, null]`}, {`yamldecode("{a: &foo [1, 2], b: *foo}")`, `{ a = [1, 2], b = [1, 2] }`}, {`yamldecode("a: [")`, `error: did not find expected node content`}, {`yamldecode(t.laughs)`, `error: all anchors must stand before`}, {`yamldecode(t.brackets)`, `error: nested more than 500 levels`}, {`yamldecode(t.dashes)`, `error: nested more than 500 levels`}},
	"yamlencode":       {{`yamlencode({ a = "b" })`, `"\"a\": \"b\"\n"`}, {`yamlencode([1, "x"])`, `"- 1\n- \"x\"\n"`}, {`yamlencode({ foo = [1, { a = "b" }] })`, `"\"foo\":\n- 1\n- \"a\": \"b\"\n"`}},

	"basename":     {{`basename("foo/bar/baz.txt")`, `"baz.txt"`}, {`basename("baz.txt")`, `"baz.txt"`}, {`basename("foo/")`, `"foo"`}},
	"dirname":      {{`dirname("foo/bar/baz.txt")`, `"foo/bar"`}, {`dirname("baz.txt")`, `"."`}, {`dirname("foo/")`, `"foo"`}},
	"file":         {{`file("hello.txt")`, `"Hello World"`}, {`file("../top.txt")`, `"top"`}, {`file("./sub/x.txt")`, `"x"`}, {`file("missing.txt")`, `error: file does not exist`}, {`file("image.png")`, `error: not valid UTF-8`}, {`file("../../x")`, `error: leads out of the project`}, {`file("/etc/passwd")`, `error: absolute`}, {`file("../.git/config")`, `error: leads into .git`}, {`file("sub")`, `error: it is a directory`}},
	"filebase64":   {{`filebase64("hello.txt")`, `"SGVsbG8gV29ybGQ="`}, {`filebase64("image.png")`, `"/9j/"`}, {`filebase64("sub/x.txt")`, `"eA=="`}, {`filebase64("missing.txt")`, `error: file does not exist`}},
	"fileexists":   {{`fileexists("hello.txt")`, `true`}, {`fileexists("missing.txt")`, `false`}, {`fileexists("../top.txt")`, `true`}, {`fileexists("sub")`, `error: it is a directory`}, {`fileexists("../.assetform/x")`, `error: leads into .assetform`}},
	"fileset":      {{`fileset(".", "*.txt")`, `["hello.txt"]`}, {`fileset(".", "**/*.txt")`, `["hello.txt", "sub/x.txt"]`}, {`fileset("sub", "*.{txt,md}")`, `["x.txt"]`}, {`fileset("..", "*.txt")`, `["top.txt"]`}, {`fileset("nothing", "*")`, `[]`}, {`fileset(".", "[")`, `error: malformed`}, {`fileset("../..", "*")`, `error: leads out`}},
	"templatefile": {{`templatefile("hello.tmpl", { name = "Ada" })`, `"Hello, Ada!\n"`}, {`templatefile("list.tmpl", { ports = [1, 2] })`, `"port 1\nport 2\n"`}, {`templatefile("reads.tmpl", {})`, `"Hello World"`}, {`templatefile("hello.tmpl", {})`, `error: vars map does not contain key "name", referenced at hello.tmpl:1,`}, {`templatefile("recursive.tmpl", {})`, `error: cannot recursively call templatefile`}, {`templatefile("broken.tmpl", {})`, `error: broken.tmpl:1,`}, {`templatefile("missing.tmpl", {})`, `error: file does not exist`}, {`templatefile("time.tmpl", {})`, `error: differ from run to run`}, {`templatefile("hello.tmpl", [])`, `error: must be a map or an object`}, {`templatefile("image.png", {})`, `error: not valid UTF-8`}},

	"base64sha256":     {{`base64sha256("hello world")`, `"uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="`}, {`base64sha256("")`, `"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="`}, {`base64sha256("a") == base64sha256("b")`, `false`}},
	"base64sha512":     {{`base64sha512("hello world")`, `"MJ7MSJwS1utMxA9QyQLytNDtd+5RGnx6m808qG1M2G+YndNbxf9JlnDaNCVbRbDP2DDoH2Bdz33FVC6TrpzXbw=="`}, {`length(base64sha512(""))`, `88`}, {`base64sha512("a") == base64sha512("a")`, `true`}},
	"md5":              {{`md5("hello world")`, `"5eb63bbbe01eeed093cb22bb8f5acdc3"`}, {`md5("")`, `"d41d8cd98f00b204e9800998ecf8427e"`}, {`length(md5("x"))`, `32`}},
	"sha1":             {{`sha1("hello world")`, `"2aae6c35c94fcfb415dbe95f408b9ce91ee846ed"`}, {`sha1("")`, `"da39a3ee5e6b4b0d3255bfef95601890afd80709"`}, {`length(sha1("x"))`, `40`}},
	"sha256":           {{`sha256("hello world")`, `"b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"`}, {`sha256("")`, `"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`}, {`length(sha256("x"))`, `64`}},
	"sha512":           {{`sha512("hello world")`, `"309ecc489c12d6eb4cc40f50c902f2b4d0ed77ee511a7c7a9bcd3ca86d4cd86f989dd35bc5ff499670da34255b45b0cfd830e81f605dcf7dc5542e93ae9cd76f"`}, {`length(sha512(""))`, `128`}, {`sha512("a") == sha512("b")`, `false`}},
	"filebase64sha256": {{`filebase64sha256("hello.txt")`, `base64sha256("Hello World")`}, {`filebase64sha256("sub/x.txt")`, `base64sha256("x")`}, {`length(filebase64sha256("image.png"))`, `44`}, {`filebase64sha256("missing")`, `error: does not exist`}},
	"filebase64sha512": {{`filebase64sha512("hello.txt")`, `base64sha512("Hello World")`}, {`filebase64sha512("sub/x.txt")`, `base64sha512("x")`}, {`length(filebase64sha512("image.png"))`, `88`}, {`filebase64sha512("missing")`, `error: does not exist`}},
	"filemd5":          {{`filemd5("hello.txt")`, `md5("Hello World")`}, {`filemd5("sub/x.txt")`, `md5("x")`}, {`length(filemd5("image.png"))`, `32`}, {`filemd5("missing")`, `error: does not exist`}},
	"filesha1":         {{`filesha1("hello.txt")`, `sha1("Hello World")`}, {`filesha1("sub/x.txt")`, `sha1("x")`}, {`length(filesha1("image.png"))`, `40`}, {`filesha1("missing")`, `error: does not exist`}},
	"filesha256":       {{`filesha256("hello.txt")`, `sha256("Hello World")`}, {`filesha256("sub/x.txt")`, `sha256("x")`}, {`length(filesha256("image.png"))`, `64`}, {`filesha256("missing")`, `error: does not exist`}},
	"filesha512":       {{`filesha512("hello.txt")`, `sha512("Hello World")`}, {`filesha512("sub/x.txt")`, `sha512("x")`}, {`length(filesha512("image.png"))`, `128`}, {`filesha512("missing")`, `error: does not exist`}},

	"formatdate": {{`formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")`, `"02 Jan 2018 23:12 UTC"`}, {`formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z")`, `"Tuesday, 02-Jan-18 23:12:01 UTC"`}, {`formatdate("h 'o''clock' AA", "2018-01-02T03:12:01Z")`, `"3 o'clock AM"`}, {`formatdate("YYYY", "yesterday")`, `error: RFC3339`}},
	"timeadd":    {{`timeadd("2017-11-22T00:00:00Z", "10m")`, `"2017-11-22T00:10:00Z"`}, {`timeadd("2017-11-22T00:00:00Z", "-24h")`, `"2017-11-21T00:00:00Z"`}, {`timeadd("2017-11-22T00:00:00+02:00", "1h30m")`, `"2017-11-22T01:30:00+02:00"`}, {`timeadd("2017-11-22T00:00:00Z", "1 day")`, `error: duration`}},
	"timecmp":    {{`timecmp("2017-11-22T00:00:00Z", "2017-11-22T00:00:00Z")`, `0`}, {`timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00Z")`, `-1`}, {`timecmp("2017-11-22T01:00:00Z", "2017-11-22T00:00:00Z")`, `1`}, {`timecmp("2017-11-22T01:00:00Z", "2017-11-22T00:00:00-01:00")`, `0`}, {`timecmp("x", "2017-11-22T00:00:00Z")`, `error: RFC 3339`}, {`timecmp("2017-11-22T00:00:00Z", "x")`, `error: RFC 3339`}},

	"cidrhost":    {{`cidrhost("10.12.112.0/20", 16)`, `"10.12.112.16"`}, {`cidrhost("10.12.112.0/20", 268)`, `"10.12.113.12"`}, {`cidrhost("fd00:fd12:3456:7890:00a2::/72", 34)`, `"fd00:fd12:3456:7890::22"`}, {`cidrhost("10.0.0.0/30", 9)`, `error: does not accommodate`}, {`cidrhost("x", 1)`, `error: invalid CIDR`}},
	"cidrnetmask": {{`cidrnetmask("172.16.0.0/12")`, `"255.240.0.0"`}, {`cidrnetmask("10.0.0.0/8")`, `"255.0.0.0"`}, {`cidrnetmask("10.0.0.0/32")`, `"255.255.255.255"`}, {`cidrnetmask("x")`, `error: invalid CIDR`}},
	"cidrsubnet":  {{`cidrsubnet("172.16.0.0/12", 4, 2)`, `"172.18.0.0/16"`}, {`cidrsubnet("10.1.2.0/24", 4, 15)`, `"10.1.2.240/28"`}, {`cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)`, `"fd00:fd12:3456:7800:a200::/72"`}, {`cidrsubnet("10.0.0.0/8", 2, 4)`, `error: prefix`}},
	"cidrsubnets": {{`cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)`, `["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20"]`}, {`cidrsubnets("10.0.0.0/8", 8)`, `["10.0.0.0/16"]`}, {`cidrsubnets("10.0.0.0/8")`, `[]`}, {`cidrsubnets("10.0.0.0/8", 0)`, `error: extend prefix`}},

	"can":          {{`can(t.hello)`, `true`}, {`can(t.nothing)`, `false`}, {`can(regex("^[a-z]+$", "ABC"))`, `false`}, {`can(file("missing.txt"))`, `false`}},
	"issensitive":  {{`issensitive("x")`, `false`}, {`issensitive(sensitive("x"))`, `true`}, {`issensitive(t.secret)`, `true`}, {`issensitive(upper(t.secret))`, `true`}},
	"nonsensitive": {{`nonsensitive(sensitive("x"))`, `"x"`}, {`nonsensitive("x")`, `"x"`}, {`issensitive(nonsensitive(t.secret))`, `false`}},
	"sensitive":    {{`issensitive(sensitive([]))`, `true`}, {`issensitive(sensitive(sensitive(1)))`, `true`}, {`issensitive(sensitive(null))`, `true`}},
	"tobool":       {{`tobool(true)`, `true`}, {`tobool("true")`, `true`}, {`tobool(null)`, `null`}, {`tobool("no")`, `error: only the strings "true" or "false"`}, {`tobool(1)`, `error: cannot convert number to bool`}},
	"tolist":       {{`tolist(["a", "b", 3])`, `["a", "b", "3"]`}, {`tolist(toset(["b", "a"]))`, `["a", "b"]`}, {`tolist([])`, `[]`}, {`tolist("a")`, `error: cannot convert string to list`}},
	"tomap":        {{`tomap({ a = 1, b = 2 })`, `{ a = 1, b = 2 }`}, {`tomap({ a = "foo", b = true })`, `{ a = "foo", b = "true" }`}, {`tomap({})`, `{}`}, {`tomap("a")`, `error: cannot convert string to map`}},
	"tonumber":     {{`tonumber(1)`, `1`}, {`tonumber("1.5")`, `1.5`}, {`tonumber(null)`, `null`}, {`tonumber("no")`, `error: decimal representation`}, {`tonumber("1e600000000")`, `error: too many digits`}},
	"toset":        {{`toset(["a", "b", "a"])`, `["a", "b"]`}, {`toset(["a", "b", 3])`, `["3", "a", "b"]`}, {`toset([])`, `[]`}, {`toset("a")`, `error: cannot convert string to set`}},
	"tostring":     {{`tostring("hello")`, `"hello"`}, {`tostring(1)`, `"1"`}, {`tostring(true)`, `"true"`}, {`tostring(null)`, `null`}, {`tostring([])`, `error: cannot convert tuple to string`}},
	"try":          {{`try(t.nothing, "fallback")`, `"fallback"`}, {`try(t.list[0], "x")`, `"one"`}, {`try(t.nothing, t.less, [])`, `[]`}, {`try()`, `error: at least one argument`}, {`try(t.nothing)`, `error: no expression succeeded`}},
}

// functionFiles is the project of the cases, whose expressions stand in the
// directory mod.
var functionFiles = map[string]string{
	"top.txt":              "top",
	".git/config":          "token",
	"mod/hello.txt":        "Hello World",
	"mod/sub/x.txt":        "x",
	"mod/image.png":        "\xff\xd8\xff",
	"mod/hello.tmpl":       "Hello, ${name}!\n",
	"mod/list.tmpl":        "%{ for p in ports ~}\nport ${p}\n%{ endfor ~}\n",
	"mod/reads.tmpl":       "${file(\"hello.txt\")}",
	"mod/recursive.tmpl":   "${templatefile(\"recursive.tmpl\", {})}",
	"mod/broken.tmpl":      "${",
	"mod/time.tmpl":        "${timestamp()}",
	"mod/sub/ignored.json": "{}",
}

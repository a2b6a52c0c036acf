package config

import (
	"fmt"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/format"
)

// blockDoc describes a block of the language beside the schema that the
// loader decodes it by.
type blockDoc struct {
	name   string // as in the schema of the body around it
	label  string // what its label names; empty: it has none
	schema *schema
	doc    string
	attrs  map[string]attrDoc
	blocks []blockDoc
	// methods have the other attributes of an asset; in is the nested block in
	// which they are set, "" for the asset's own.
	methods []*engine.Method
	in      string
	// bounds says of a parameter what not all engines take.
	bounds map[string]string
	free   string // what other attributes stand for; empty: there are none
}

// attrDoc describes an attribute that is not a parameter of a method.
type attrDoc struct {
	kind valueKind
	doc  string
}

// valueKind is the type of an attribute's value.
type valueKind string

const (
	kindString  valueKind = "string"
	kindNumber  valueKind = "number"
	kindBool    valueKind = "bool"
	kindList    valueKind = "list"
	kindType    valueKind = "type"
	kindAddress valueKind = "address"
	kindImage   valueKind = "asset or path"
	kindNamed   valueKind = "map or list"
	kindAny     valueKind = "any"
)

// blocks is the table of blocks, in the order of the reference page.
func (l *language) blocks() []blockDoc {
	budget := map[string]attrDoc{}
	prices := map[string]attrDoc{"currency": {kindString, "The currency's code, three capital letters."}}
	for _, u := range l.engines.Units() {
		budget[u.Name] = attrDoc{kindNumber, u.Doc}
		prices[engine.Singular(u.Name)] = attrDoc{kindString, fmt.Sprintf("What one %s costs, a decimal in quotes.", engine.Words(u.Name, 1))}
	}
	types := l.engines.Types()
	keyEnv, urlEnv, localEnv := l.environment()
	var assets []blockDoc
	for _, kind := range l.kinds {
		assets = append(assets, l.assetBlock(kind))
	}
	return append(assets, []blockDoc{
		{
			name: "defaults", label: "kind, " + orList(l.kindNames()), schema: &schema{},
			doc:  "Attributes for every asset of that kind in the module that does not set them. One block for each kind.",
			free: "any attribute of that kind but output, for_each and count",
		},
		{name: "variable", label: "name", schema: variableSchema, doc: "A value that is given from outside.", attrs: map[string]attrDoc{
			"type":        {kindType, "Type constraint that values are converted to: string, number, bool, list(string), object({ ... }) and so on."},
			"default":     {kindAny, "Value when none is given; without it, a value must be given."},
			"description": {kindString, "What the variable is for; shown when its value is asked for."},
			"sensitive":   {kindBool, "Values are shown as (sensitive value) and stored nowhere."},
			"nullable":    {kindBool, "Whether null may be given; true unless set."},
		}, blocks: []blockDoc{checkBlock("validation", "A condition that values must meet.")}},
		{name: "locals", schema: &schema{}, doc: "Named values, read as local.NAME.", free: "the names and values"},
		{name: "output", label: "name", schema: outputSchema, doc: "A value that the module gives to its caller, or the root module to the output command.", attrs: map[string]attrDoc{
			"value":       {kindAny, "The value."},
			"description": {kindString, "What the value is."},
			"sensitive":   {kindBool, "The value is shown as (sensitive value)."},
		}},
		{name: "module", label: "name", schema: moduleSchema, doc: "The assets of another directory of the project. All paths in its files, of outputs, input images and functions, are relative to that directory; path in module.NAME.image.NAME.path is relative to the root module's.", attrs: map[string]attrDoc{
			"source":   {kindString, "The directory, a path that begins with ./ or ../, from the directory of the file that this block stands in. Nothing is fetched."},
			"for_each": {kindAny, "A map or set of strings: one instance for each element."},
			"count":    {kindNumber, "Number of instances."},
		}, free: "the module's variables"},
		{name: "provider", label: "type, " + orList(types), schema: providerSchema, doc: "A server that generates. Without any, the embedded local engine does.", attrs: map[string]attrDoc{
			"alias":          {kindString, "Name of a second provider of a type."},
			"api_key":        {kindString, "Key of the API, from a sensitive variable; " + keyEnv + " unless set."},
			"base_url":       {kindString, "Address of the API. One that is not the service's must be in the environment variable " + urlEnv + ", a local server's on this machine or in " + localEnv + "."},
			"caption":        {kindBool, "Whether the prompt is written on what is drawn; true unless set. Only provider " + strings.Join(l.captioned(), " and ") + " takes it. It is in no inputs hash: what stands stays as it is, and --replace draws it anew."},
			"max_concurrent": {kindNumber, "How many assets are generated at the same time."},
		}},
		{name: "assetform", schema: l.assetform, doc: "Settings of the project.", attrs: map[string]attrDoc{
			"required_version": {kindString, `Versions of assetform that may be used: ">= 0.1.0".`},
		}, blocks: []blockDoc{{
			name: "budget", schema: l.assetform.nested["budget"], doc: "Limits of one run. A plan above them is refused before anything is spent.", attrs: budget,
		}, {
			name: "prices", schema: l.assetform.nested["prices"], attrs: prices,
			doc: "What units cost in a currency: every cost is shown with its amount. In the root module alone. It changes no limit and no inputs hash. A cost in a unit without a price has no amount.",
		}, {
			name: "remote", schema: l.assetform.nested["remote"], attrs: map[string]attrDoc{
				"url":  {kindString, "Where it is: s3://BUCKET/PREFIX?region=REGION, https://HOST/PATH, oci://REGISTRY/REPOSITORY or file:///DIRECTORY. Without user and password: credentials come from where the tools of each keep them. ASSETFORM_REMOTE_URL takes its place."},
				"mode": {kindString, `"read-write", or "read": nothing is written; "read-write" unless set. ASSETFORM_REMOTE_MODE and --remote take its place.`},
			},
			doc: "Where the machines of the project share what was generated, so that nobody pays for it twice. In the root module alone.",
		}}},
		{name: "moved", schema: movedSchema, doc: "An asset or a module that has another address now. Nothing is generated. Where the new address has an entry of its own, the plan warns and nothing moves.", attrs: map[string]attrDoc{
			"from": {kindAddress, "The address until now."},
			"to":   {kindAddress, "The address from now on."},
		}},
		{name: "removed", schema: removedSchema, doc: "An asset that is no longer declared.", attrs: map[string]attrDoc{
			"from": {kindAddress, "The address it had."},
		}, blocks: []blockDoc{{
			name: "lifecycle", schema: removedSchema.nested["lifecycle"], doc: "What becomes of the file.", attrs: map[string]attrDoc{
				"destroy": {kindBool, "Whether the file is deleted; false: it stays, and only the lock forgets it."},
			},
		}}},
		{name: "provenance", schema: provenanceSchema, doc: "What pictures that were generated, and what is derived of them, say of where they came from, in their XMP. In the root module alone. A change derives anew, and generates nothing.", attrs: map[string]attrDoc{
			"credit": {kindString, "Who is to be named: photoshop:Credit."},
			"rights": {kindString, "What may be done with the picture: dc:rights."},
		}},
		{name: "import", schema: importSchema, doc: "Takes the file that already stands at an asset's output path as the result of today's inputs. Nothing is generated.", attrs: map[string]attrDoc{
			"to": {kindAddress, "The asset."},
		}},
	}...)
}

// orList joins words: `a, b or c`.
func orList(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// captioned are the types of engines that write captions.
func (l *language) captioned() (types []string) {
	for _, e := range l.engines.Engines() {
		if e.Captions {
			types = append(types, e.Type)
		}
	}
	return types
}

// environment names the environment variables of the engines: with keys, with
// addresses of those that charge, and of those that do not.
func (l *language) environment() (keys, charging, free string) {
	add := func(list *string, name string) {
		switch {
		case name == "":
		case *list == "":
			*list = name
		default:
			*list += " or " + name
		}
	}
	for _, e := range l.engines.Engines() {
		add(&keys, e.Server.KeyEnv)
		if e.Free {
			add(&free, e.Server.URLEnv)
		} else {
			add(&charging, e.Server.URLEnv)
		}
	}
	return keys, charging, free
}

// assetBlock describes the block of a kind of asset.
func (l *language) assetBlock(kind address.Kind) blockDoc {
	extensions := orList(format.Extensions(string(kind)))
	if format.Textual(string(kind)) {
		extensions = "with the extension of a text"
	}
	b := blockDoc{
		name: string(kind), label: "name", schema: l.assets[kind], methods: l.engines.Methods(kind), bounds: l.bounds(kind),
		attrs: map[string]attrDoc{
			"output":   {kindString, "Path of the file, " + extensions + ", from the directory of the file that this block stands in, in a module too."},
			"for_each": {kindAny, "A map or set of strings: one asset for each element, with each.key and each.value."},
			"count":    {kindNumber, "Number of assets, with count.index."},
		},
		blocks: l.nestedBlocks(kind),
	}
	if l.describes(kind) {
		b.attrs["alt"] = attrDoc{kindString, "What it shows, in words for people. Nothing is made anew when it changes."}
	}
	if l.deriving[kind] != nil {
		b.doc = b.methods[0].Doc
		return b
	}
	b.doc = fmt.Sprintf("A%s %s to be generated and kept in the project.", map[bool]string{true: "n"}[kind == address.Image], kind)
	b.attrs["provider"] = attrDoc{kindString, "Who generates: " + strings.Join(l.engines.Types(), ", ") + " or TYPE.ALIAS; needed only where several providers are declared."}
	b.attrs["revision"] = attrDoc{kindNumber, "A whole number, 0 unless set. Raise it to ask for another take."}
	b.attrs["candidates"] = attrDoc{kindNumber, fmt.Sprintf("How many results there are to pick from, 1 to %d; 1 unless set. Each is generated and paid for by itself, and is no other input.", MaxCandidates)}
	return b
}

// nestedBlocks describes the blocks in that of an asset: those in which
// parameters are set, and the lifecycle.
func (l *language) nestedBlocks(kind address.Kind) (blocks []blockDoc) {
	methods := l.engines.Methods(kind)
	for _, name := range sortedKeys(l.assets[kind].nested) {
		b := blockDoc{name: name, schema: l.assets[kind].nested[name], methods: methods, in: name}
		for _, m := range methods {
			if p, ok := m.Param(name); ok && b.doc == "" {
				b.doc = p.Doc
			}
		}
		if name != "lifecycle" {
			blocks = append(blocks, b)
		}
	}
	made := "generated"
	if l.deriving[kind] != nil {
		made = "made"
	}
	return append(blocks, lifecycleBlock(made))
}

// lifecycleBlock describes the lifecycle of an asset that is generated, or made
// in another way.
func lifecycleBlock(made string) blockDoc {
	changes, again := "Inputs whose change alone generates nothing: [prompt, seed], or all.", "Assets whose new content generates this one again."
	if made != "generated" {
		changes, again = "Inputs whose change alone makes nothing anew: their names in a list, or all.", "Assets whose new content makes this one anew."
	}
	return blockDoc{
		name: "lifecycle", schema: lifecycleSchema, doc: "What may happen to the asset.", attrs: map[string]attrDoc{
			"prevent_destroy":      {kindBool, "Refuse to delete the file."},
			"prevent_regenerate":   {kindBool, "Refuse any change of the file's content."},
			"ignore_changes":       {kindList, changes},
			"replace_triggered_by": {kindList, again},
		},
		blocks: []blockDoc{
			checkBlock("precondition", "A condition that must hold before anything is "+made+"."),
			checkBlock("postcondition", "A condition on the result: self.width, self.height, self.bytes, self.duration, self.media_type."),
		},
	}
}

// bounds tells which provider takes only texts of a certain length.
func (l *language) bounds(kind address.Kind) map[string]string {
	bounds := map[string]string{}
	for _, e := range l.engines.Engines() {
		longest := map[string]int{}
		for _, m := range e.Methods {
			for _, p := range m.Params {
				if m.Kind == kind {
					longest[p.Key()] = max(longest[p.Key()], p.Max)
				}
			}
		}
		for name, n := range longest {
			if n > 0 {
				bounds[name] += fmt.Sprintf(" At most %s characters for the provider %s.", diag.Number(n), e.Type)
			}
		}
	}
	return bounds
}

func checkBlock(name, doc string) blockDoc {
	return blockDoc{name: name, schema: checkSchema, doc: doc, attrs: map[string]attrDoc{
		"condition":     {kindBool, "An expression that is true when all is well."},
		"error_message": {kindString, "What is reported otherwise."},
	}}
}

// describe returns type, documentation and accepted values of an attribute:
// those of the table above, or those of the methods that have it.
func (b blockDoc) describe(name string) (kind valueKind, doc string, values []string) {
	if d, ok := b.attrs[name]; ok {
		return d.kind, d.doc, nil
	}
	key := engine.Param{Name: name, Block: b.in}.Key()
	for _, m := range b.methods {
		if p, ok := m.Param(key); ok {
			// The first method in the table accepts the most values.
			return paramKinds[p.Type], p.Doc + b.bounds[key], p.Values
		}
		in, ok := m.Input(key)
		switch {
		case !ok:
		case in.Text:
			return kindString, in.Doc, nil
		case in.Named:
			return kindNamed, in.Doc, nil
		case in.List:
			return kindList, in.Doc, nil
		default:
			return kindImage, in.Doc, nil
		}
	}
	return "", "", nil
}

var paramKinds = map[engine.ParamType]valueKind{
	engine.String:  kindString,
	engine.Integer: kindNumber,
	engine.Number:  kindNumber,
	engine.Boolean: kindBool,
	engine.Setting: kindAny,
}

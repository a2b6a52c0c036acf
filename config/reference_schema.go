package config

import (
	"encoding/json"
	"fmt"
	"strings"

	"assetform/config/engine"
)

// jsonObject is a JSON schema, or a part of one.
type jsonObject map[string]any

// JSONSchema returns the JSON schema (draft 2020-12) of *.asset.json files, for
// editors. It describes what HCL's JSON syntax makes of blocks: an object, or
// a list of objects, below one object for each label. Every value may also be
// a string with a template in it.
func JSONSchema(engines engine.Registry) []byte {
	root := jsonObject{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                "assetform configuration in JSON syntax",
		"type":                 "object",
		"additionalProperties": false,
	}
	defs := schemaDefs{}
	properties := jsonObject{"//": jsonObject{"description": "A comment."}}
	for _, block := range newLanguage(engines).blocks() {
		properties[block.name] = defs.block(block, block.name)
	}
	root["properties"] = properties
	root["$defs"] = defs
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // there is nothing in it that JSON lacks
	}
	return append(out, '\n')
}

// schemaDefs are the schemas of bodies and of what stands below a label, by
// the path of the block.
type schemaDefs jsonObject

// block is the schema of all blocks of a type within one body.
func (defs schemaDefs) block(block blockDoc, path string) jsonObject {
	defs[path] = defs.body(block, path)
	if block.label == "" {
		return oneOrMany(path, block.doc)
	}
	labelled := jsonObject{"type": "object", "additionalProperties": oneOrMany(path, block.doc)}
	if _, words, ok := strings.Cut(block.label, ", "); ok {
		// The label is one of a few words: "kind, image or video".
		labelled["propertyNames"] = jsonObject{"enum": strings.Split(strings.ReplaceAll(words, " or ", ", "), ", ")}
	}
	defs[path+" by label"] = labelled
	return oneOrMany(path+" by label", block.doc)
}

// oneOrMany takes one object of a definition or a list of them.
func oneOrMany(path, doc string) jsonObject {
	// Paths are JSON pointers within URIs.
	ref := jsonObject{"$ref": "#/$defs/" + strings.NewReplacer("/", "~1", " ", "%20").Replace(path)}
	return jsonObject{"description": doc, "anyOf": []jsonObject{ref, {"type": "array", "items": ref}}}
}

func (defs schemaDefs) body(block blockDoc, path string) jsonObject {
	properties := jsonObject{"//": jsonObject{"description": "A comment."}}
	var required []string
	for _, attr := range block.schema.Attributes {
		kind, doc, values := block.describe(attr.Name)
		property := valueSchema(kind, values)
		property["description"] = doc
		properties[attr.Name] = property
		if attr.Required {
			required = append(required, attr.Name)
		}
	}
	for _, inner := range block.blocks {
		properties[inner.name] = defs.block(inner, path+"/"+inner.name)
	}
	if len(block.blocks) > 0 {
		properties["dynamic"] = jsonObject{"description": "Blocks that are made from a list.", "type": []string{"object", "array"}}
	}
	body := jsonObject{"type": "object", "properties": properties}
	if len(required) > 0 {
		body["required"] = required
	}
	if block.free == "" {
		body["additionalProperties"] = false
	}
	return body
}

// templateSchema matches strings that are evaluated.
var templateSchema = jsonObject{"type": "string", "pattern": `[$%]\{`}

func valueSchema(kind valueKind, values []string) jsonObject {
	switch {
	case len(values) > 0:
		return jsonObject{"anyOf": []jsonObject{{"enum": values}, templateSchema}}
	case kind == kindString || kind == kindType || kind == kindAddress || kind == kindImage:
		return jsonObject{"type": "string"}
	case kind == kindNumber:
		return jsonObject{"anyOf": []jsonObject{{"type": "integer"}, {"type": "string"}}}
	case kind == kindBool:
		return jsonObject{"anyOf": []jsonObject{{"type": "boolean"}, {"type": "string"}}}
	case kind == kindNamed:
		return jsonObject{"anyOf": []jsonObject{{"type": "object"}, {"type": "array"}, {"type": "string"}}}
	case kind == kindList:
		return jsonObject{"anyOf": []jsonObject{{"type": "array"}, {"type": "string"}}}
	case kind == kindAny:
		return jsonObject{}
	}
	panic(fmt.Sprintf("no schema for values of kind %q", kind))
}

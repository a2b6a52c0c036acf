package config

import (
	"slices"

	"assetform/config/address"
	"assetform/config/explain"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// schema describes a body: its attributes and the blocks that may stand in
// it, with their own bodies.
type schema struct {
	hcl.BodySchema
	nested map[string]*schema
	// outside names, for what may be written here by mistake, the block that it
	// stands in.
	outside map[string]string
}

func newSchema(required, optional []string, nested map[string]*schema) *schema {
	s := &schema{nested: nested}
	for _, name := range required {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: name, Required: true})
	}
	for _, name := range optional {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: name})
	}
	names := make([]string, 0, len(nested))
	for name := range nested {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		s.Blocks = append(s.Blocks, hcl.BlockHeaderSchema{Type: name})
	}
	return s
}

// rootSchema has the blocks that stand in no other, whatever engines there are.
var rootSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "assetform"},
	{Type: "provider", LabelNames: []string{"type"}},
	{Type: "variable", LabelNames: []string{"name"}},
	{Type: "locals"},
	{Type: "defaults", LabelNames: []string{"kind"}},
	{Type: "image", LabelNames: []string{"name"}},
	{Type: "video", LabelNames: []string{"name"}},
	{Type: "module", LabelNames: []string{"name"}},
	{Type: "output", LabelNames: []string{"name"}},
	{Type: "moved"},
	{Type: "removed"},
	{Type: "import"},
	{Type: "provenance"},
}}

// assetSchema is rootSchema with a block for each kind of asset.
func assetSchema(kinds []address.Kind) *hcl.BodySchema {
	s := &hcl.BodySchema{}
	for _, header := range rootSchema.Blocks {
		s.Blocks = append(s.Blocks, header)
		if header.Type != string(address.Video) {
			continue
		}
		for _, kind := range kinds {
			if !slices.ContainsFunc(rootSchema.Blocks, func(h hcl.BlockHeaderSchema) bool { return h.Type == string(kind) }) {
				s.Blocks = append(s.Blocks, hcl.BlockHeaderSchema{Type: string(kind), LabelNames: []string{"name"}})
			}
		}
	}
	return s
}

var (
	checkSchema    = newSchema([]string{"condition", "error_message"}, nil, nil)
	providerSchema = newSchema(nil, []string{"alias", "api_key", "base_url", "caption", "max_concurrent"}, nil)
	variableSchema = newSchema(nil, []string{"type", "default", "description", "sensitive", "nullable"}, map[string]*schema{
		"validation": checkSchema,
	})
	lifecycleSchema = newSchema(nil, []string{"prevent_destroy", "prevent_regenerate", "ignore_changes", "replace_triggered_by"},
		map[string]*schema{"precondition": checkSchema, "postcondition": checkSchema})
	moduleSchema  = newSchema([]string{"source"}, []string{"for_each", "count"}, nil)
	outputSchema  = newSchema([]string{"value"}, []string{"description", "sensitive"}, nil)
	movedSchema   = newSchema([]string{"from", "to"}, nil, nil)
	removedSchema = newSchema([]string{"from"}, nil, map[string]*schema{
		"lifecycle": newSchema(nil, []string{"destroy"}, nil),
	})
	importSchema     = newSchema([]string{"to"}, nil, nil)
	provenanceSchema = newSchema(nil, []string{"credit", "rights"}, nil)
)

var dynamicHeader = hcl.BlockHeaderSchema{Type: "dynamic", LabelNames: []string{"type"}}

// content decodes a body by its schema. The content of a body with dynamic
// blocks has these as they are; their expansion needs values.
func (s *schema) content(body hcl.Body, dynamic bool) (*hcl.BodyContent, hcl.Diagnostics) {
	bs := s.BodySchema
	if dynamic {
		bs.Blocks = append(slices.Clip(bs.Blocks), dynamicHeader)
	}
	if content := exactContent(body, &bs); content != nil {
		return content, nil
	}
	content, diags := body.Content(&bs)
	return content, explain.Structure(diags, &bs, s.inner)
}

// exactContent is the content of a body that is as its schema wants it, which
// nearly all are: HCL makes five maps to find out what is wrong with one. nil:
// HCL is to say.
func exactContent(body hcl.Body, bs *hcl.BodySchema) *hcl.BodyContent {
	native, ok := body.(*hclsyntax.Body)
	if !ok {
		return nil
	}
	content := &hcl.BodyContent{Attributes: make(hcl.Attributes, len(native.Attributes)), MissingItemRange: native.MissingItemRange()}
	for _, a := range bs.Attributes {
		if attr := native.Attributes[a.Name]; attr != nil {
			content.Attributes[a.Name] = attr.AsHCLAttribute()
		} else if a.Required {
			return nil
		}
	}
	for _, block := range native.Blocks {
		if !slices.ContainsFunc(bs.Blocks, func(h hcl.BlockHeaderSchema) bool {
			return h.Type == block.Type && len(h.LabelNames) == len(block.Labels)
		}) {
			return nil
		}
		content.Blocks = append(content.Blocks, block.AsHCLBlock())
	}
	if len(content.Attributes) < len(native.Attributes) {
		return nil
	}
	return content
}

// inner names the nested block that has an attribute or block of that name.
func (s *schema) inner(name string) string {
	for _, header := range s.Blocks { // in the order of their names
		nested := s.nested[header.Type]
		if slices.ContainsFunc(nested.Attributes, func(a hcl.AttributeSchema) bool { return a.Name == name }) || nested.nested[name] != nil {
			return header.Type
		}
	}
	return s.outside[name]
}

// hasDynamic reports whether dynamic blocks stand anywhere in a body.
func (s *schema) hasDynamic(body hcl.Body) bool {
	if len(s.nested) == 0 {
		return false
	}
	if native, ok := body.(*hclsyntax.Body); ok {
		return nativeDynamic(native)
	}
	bs := s.BodySchema
	bs.Blocks = append(slices.Clip(bs.Blocks), dynamicHeader)
	content, _, _ := body.PartialContent(&bs)
	if content == nil {
		return false
	}
	for _, block := range content.Blocks {
		if block.Type == "dynamic" || s.nested[block.Type].hasDynamic(block.Body) {
			return true
		}
	}
	return false
}

func nativeDynamic(body *hclsyntax.Body) bool {
	for _, block := range body.Blocks {
		if block.Type == "dynamic" || nativeDynamic(block.Body) {
			return true
		}
	}
	return false
}

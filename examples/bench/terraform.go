package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// terraform is a plan of n resources in which nothing changed. They are of the
// provider that is built in, so nothing is downloaded. Their state is written
// here: an apply of thousands takes Terraform tens of minutes.
func (b *bench) terraform(ctx context.Context, n int) (command, error) {
	dir, err := os.MkdirTemp(b.tmp, "terraform-")
	if err != nil {
		return command{}, err
	}
	type object = map[string]any
	var config bytes.Buffer
	var resources []object
	for i := range n {
		prompt := fmt.Sprintf("Picture %d of a large project, painterly", i)
		fmt.Fprintf(&config, "resource \"terraform_data\" \"a%d\" {\n  input = %q\n}\n\n", i, prompt)
		value := object{"value": prompt, "type": "string"}
		resources = append(resources, object{
			"mode": "managed", "type": "terraform_data", "name": fmt.Sprint("a", i), "provider": `provider["terraform.io/builtin/terraform"]`,
			"instances": []object{{
				"schema_version": 0, "sensitive_attributes": []any{},
				"attributes": object{"id": fmt.Sprintf("00000000-0000-0000-0000-%012d", i), "input": value, "output": value, "triggers_replace": nil},
			}},
		})
	}
	state, err := json.MarshalIndent(object{
		"version": 4, "terraform_version": "1.4.0", "serial": 1, "lineage": "00000000-0000-0000-0000-000000000000",
		"outputs": object{}, "resources": resources, "check_results": nil,
	}, "", "  ")
	if err != nil {
		return command{}, err
	}
	for name, text := range map[string][]byte{"main.tf": config.Bytes(), "terraform.tfstate": state} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			return command{}, err
		}
	}
	c := command{args: []string{"terraform", "init", "-input=false", "-no-color"}, dir: dir, env: b.env, says: "successfully initialized"}
	if _, err := b.once(ctx, c); err != nil {
		return command{}, err
	}
	c.args[1], c.says = "plan", "No changes."
	return c, nil
}

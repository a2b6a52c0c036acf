package config

import (
	"strings"
	"testing"

	"assetform/config/address"
)

func TestGraph(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, map[string]string{"main.asset.hcl": `
image "z" {
  prompt = "first"
  output = "z.png"
}
image "a" {
  subject = image.z
  style   = image.z
  output  = "a.png"
}
image "m" {
  prompt = image.a.path
  output = "m.png"
  lifecycle { replace_triggered_by = [image.z] }
}
`})
	var order, dependants []string
	for _, s := range p.order {
		order = append(order, s.Address.Name)
	}
	for _, s := range p.Dependants(address.Address{Kind: address.Image, Name: "z"}) {
		dependants = append(dependants, s.Address.Name)
	}
	if got := strings.Join(order, "") + " " + strings.Join(dependants, ""); got != "zam am" {
		t.Error(got)
	}
	if got := p.Dependants(address.Address{Kind: address.Image, Name: "a"}); got != nil {
		t.Errorf("a mere reference makes a dependant: %v", got)
	}
}

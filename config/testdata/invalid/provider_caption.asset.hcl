provider "imaginator" {
  caption = false # ERROR: Attribute not taken by provider
}
provider "local" {
  caption = "dark" # ERROR: Invalid value of caption
}
provider "local" {
  alias    = "served"
  base_url = "http://127.0.0.1:8787/api/v1"
  caption  = false # ERROR: Caption of a server
}

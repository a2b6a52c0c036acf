locals {
  parts = ["sk", "live", "0123456789"]
}
provider "imaginator" {
  api_key = join("-", local.parts) # ERROR: API key is no secret
}
provider "imaginator" {
  alias   = "hidden"
  api_key = sensitive("sk-live-${format("%s", "0123456789")}") # ERROR: API key is no secret
}

provider "imaginator" {
  caption = false # ERROR: Attribute not taken by provider
}
provider "local" {
  caption = "dark" # ERROR: Invalid value of caption
}

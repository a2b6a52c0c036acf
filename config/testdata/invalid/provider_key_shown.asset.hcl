variable "key" { # ERROR: API key is no secret
  type = string
}
provider "imaginator" {
  api_key = var.key
}

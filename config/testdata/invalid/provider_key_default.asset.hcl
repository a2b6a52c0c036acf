variable "key" {
  type      = string
  sensitive = true
  default   = "sk-live-0123456789" # ERROR: API key is no secret
}
provider "imaginator" {
  api_key = trimspace(var.key)
}

variable "key" {
  sensitive = true
}
variable "settings" {
  sensitive = true
}
provider "imaginator" {
  api_key = var.key
}
provider "imaginator" {
  alias   = "fast"
  api_key = var.settings.key # ERROR: API key is no secret
}

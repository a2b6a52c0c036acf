variable "key" {
  type      = string
  sensitive = true
}
provider "imaginator" {
  api_key = try(coalesce(var.key, "sk-live-0123456789"), "sk-test-9876543210") # ERROR: API key is no secret
}

provider "imaginator" {
  api_key = "sk-live-0123456789" # ERROR: API key is no secret
}

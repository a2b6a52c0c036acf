provider "imaginator" {
  api_key = file("key.txt") # ERROR: API key is no secret
}

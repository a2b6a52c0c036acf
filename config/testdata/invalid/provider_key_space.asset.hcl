provider "imaginator" {
  api_key = "key\n" # ERROR: Invalid API key
}

provider "imaginator" {
  api_key = ["x"] # ERROR: Invalid value of api_key
}

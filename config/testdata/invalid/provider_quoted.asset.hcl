provider "imaginator" {}
image "a" {
  prompt   = "x"
  provider = "imaginator" # ERROR: Invalid reference to provider
  output   = "a.png"
}

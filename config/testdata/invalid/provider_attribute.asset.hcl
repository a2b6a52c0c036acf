provider "imaginator" {
  key = "x" # ERROR: Unsupported argument
}

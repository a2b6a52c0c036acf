provider "imaginator" {
  max_concurrent = 0 # ERROR: Invalid value of max_concurrent
}

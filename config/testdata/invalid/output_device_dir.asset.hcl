image "a" {
  prompt = "x"
  output = "lpt1/a.png" # ERROR: Invalid path of output
}

image "a" {
  prompt = "x"
  output = "a\u202egnp.png" # ERROR: Invalid path of output
}

image "a" {
  prompt = "x"
  output = "a\tb.png" # ERROR: Invalid path of output
}

image "a" {
  prompt = "x"
  output = "art /a.png" # ERROR: Invalid path of output
}

image "a" {
  prompt = "x"
  output = "art/Con.png" # ERROR: Invalid path of output
}

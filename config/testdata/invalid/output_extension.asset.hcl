image "a" {
  prompt = "x"
  output = "a.gif" # ERROR: Invalid path of output
}

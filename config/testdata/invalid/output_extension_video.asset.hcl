video "a" {
  prompt = "x"
  output = "a.png" # ERROR: Invalid path of output
}

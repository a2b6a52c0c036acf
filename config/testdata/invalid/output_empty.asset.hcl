image "a" {
  prompt = "x"
  output = "" # ERROR: Invalid path of output
}

image "a" {
  prompt = "x"
  output = ["a.png"] # ERROR: Invalid value of output
}

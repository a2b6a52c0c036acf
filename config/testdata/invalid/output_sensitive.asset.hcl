image "a" {
  prompt = "x"
  output = sensitive("a.png") # ERROR: Sensitive value of output
}

image "a" {
  prompt = "x" +  # ERROR: Invalid expression
  output = "a.png"
}

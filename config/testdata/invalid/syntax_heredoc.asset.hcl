image "a" {
  output = "a.png"
  prompt = <<END # ERROR: Invalid expression
text # ERROR: Argument or block definition required
}

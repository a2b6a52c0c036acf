image "a" {
  prompt = ["x"] # ERROR: Invalid value of prompt
  output = "a.png"
}

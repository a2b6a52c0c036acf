image "a" {
  promt  = "x" # ERROR: Unsupported argument
  prompt = "x"
  output = "a.png"
}

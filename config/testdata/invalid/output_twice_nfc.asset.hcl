image "a" {
  prompt = "x"
  output = "art/e\u0301.png"
}
image "b" {
  prompt = "x"
  output = "art/\u00e9.png" # ERROR: Two assets, one output
}

image "a" {
  prompt = "x"
  output = "art/a.png"
}
image "b" {
  prompt = "x"
  output = "art/a.png" # ERROR: Two assets, one output
}

image "a" {
  count  = 3
  prompt = "x"
  output = "a.png" # ERROR: Two assets, one output
}

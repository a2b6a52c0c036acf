image "a" {
  prompt = "x"
  seed   = "seven" # ERROR: Invalid value of seed
  output = "a.png"
}

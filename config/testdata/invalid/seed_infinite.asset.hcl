image "a" {
  prompt = "x"
  seed   = 1 / 0 # ERROR: Invalid value of seed
  output = "a.png"
}

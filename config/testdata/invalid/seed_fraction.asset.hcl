image "a" {
  prompt = "x"
  seed   = 1.5 # ERROR: Invalid value of seed
  output = "a.png"
}

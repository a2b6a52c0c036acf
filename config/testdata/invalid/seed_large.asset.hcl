image "a" {
  prompt = "x"
  seed   = 9223372036854775808 # ERROR: Invalid value of seed
  output = "a.png"
}

image "a" {
  prompt = "x"
  prompt = "y" # ERROR: Attribute redefined
  output = "a.png"
}

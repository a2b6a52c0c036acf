defaults "image" {
  output = "a.png" # ERROR: Unsupported argument
}

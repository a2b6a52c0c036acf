image "a" {
  prompt = "like ${image.a.path}" # ERROR: Reference to itself
  output = "a.png"
}

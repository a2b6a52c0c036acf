defaults "image" {
  prompt = "like ${image.a.path}" # ERROR: Cycle of references
}
image "a" {
  output = "a.png"
}

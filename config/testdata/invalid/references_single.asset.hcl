image "a" {
  prompt = "x"
  output = "a.png"
}
image "b" {
  prompt     = "x"
  references = image.a # ERROR: Invalid value of references
  output     = "b.png"
}

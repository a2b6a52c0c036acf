image "a" {
  prompt = "x"
  output = "a.png"
}
image "b" {
  prompt     = "x"
  references = [image.a]
  subject    = image.a # ERROR: Inputs of two methods
  output     = "b.png"
}

image "a" {
  count  = 6
  prompt = "x"
  output = "a${count.index}.png"
}
image "b" {
  prompt     = "x"
  references = image.a # ERROR: Wrong number of references
  output     = "b.png"
}

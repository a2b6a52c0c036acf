image "knight" {
  prompt = "x"
  output = "a.png"
}
image "b" {
  subject = image.knigth # ERROR: Reference to undeclared asset
  output  = "b.png"
}

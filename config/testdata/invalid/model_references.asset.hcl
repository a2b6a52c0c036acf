image "a" {
  prompt = "x"
  output = "a.png"
}
image "b" {
  prompt     = "x"
  references = [image.a]
  model      = "imagen3.5" # ERROR: Unsupported value of model
  output     = "b.png"
}

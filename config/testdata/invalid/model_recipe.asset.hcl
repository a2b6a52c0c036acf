image "a" {
  prompt = "x"
  output = "a.png"
}
image "b" {
  subject = image.a
  model   = "nano_banana" # ERROR: Attribute not taken by method
  seed    = 3 # ERROR: Attribute not taken by method
  output  = "b.png"
}

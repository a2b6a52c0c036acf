image "b" {
  subject = { address = "image.z", path = "z.png" } # ERROR: Reference to undeclared asset
  output  = "b.png"
}

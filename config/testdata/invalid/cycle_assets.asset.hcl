image "a" { # ERROR: Cycle of references
  subject = image.b
  output  = "a.png"
}
image "b" {
  subject = image.a
  output  = "b.png"
}

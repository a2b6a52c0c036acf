image "a" { # ERROR: Cycle of assets
  subject = "b.png"
  output  = "a.png"
}
image "b" {
  subject = "c.png"
  output  = "b.png"
}
image "c" {
  subject = image.a
  output  = "c.png"
}

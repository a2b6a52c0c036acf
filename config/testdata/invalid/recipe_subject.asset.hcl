image "a" {
  prompt = "x"
  output = "a.png"
}
image "b" { # ERROR: Missing subject of asset
  style  = image.a
  output = "b.png"
}

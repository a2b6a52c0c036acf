image "a" {
  prompt = "x"
  output = "a.png"
}
image "b" {
  style  = image.a # ERROR: Missing subject of asset
  output = "b.png"
}

image "a" {
  prompt = "x"
  output = "a.png"
}
video "b" { # ERROR: Missing end_image of asset
  prompt      = "x"
  start_image = image.a
  output      = "b.mp4"
}

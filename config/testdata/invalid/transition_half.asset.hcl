image "a" {
  prompt = "x"
  output = "a.png"
}
video "b" {
  prompt      = "x"
  start_image = image.a # ERROR: Missing end_image of asset
  output      = "b.mp4"
}

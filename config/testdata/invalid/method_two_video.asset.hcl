image "a" {
  prompt = "x"
  output = "a.png"
}
video "b" {
  prompt      = "x"
  start_image = image.a
  image       = image.a # ERROR: Inputs of two methods
  output      = "b.mp4"
}

image "a" {
  prompt = "x"
  output = "a.png"
}
video "b" {
  prompt       = "x"
  image        = image.a
  aspect_ratio = "portrait" # ERROR: Unsupported value of aspect_ratio
  output       = "b.mp4"
}

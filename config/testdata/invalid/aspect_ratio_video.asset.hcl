video "a" {
  prompt       = "x"
  aspect_ratio = "square" # ERROR: Unsupported value of aspect_ratio
  output       = "a.mp4"
}

defaults "image" {
  aspect_ratio = "wide" # ERROR: Unsupported value of aspect_ratio
}
image "a" {
  prompt = "x"
  output = "a.png"
}
image "b" {
  prompt = "x"
  output = "b.png"
}

image "a" {
  prompt       = "x"
  aspect_ratio = "protrait" # ERROR: Unsupported value of aspect_ratio
  output       = "a.png"
}

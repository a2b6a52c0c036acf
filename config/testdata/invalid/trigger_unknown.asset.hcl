image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    replace_triggered_by = [image.b] # ERROR: Reference to undeclared asset
  }
}

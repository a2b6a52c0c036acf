image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    replace_triggered_by = [image.a] # ERROR: Reference to itself
  }
}

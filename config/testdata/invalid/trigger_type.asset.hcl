image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    replace_triggered_by = ["image.b"] # ERROR: Invalid value of replace_triggered_by
  }
}

image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    ignore_changes = ["prompt"] # ERROR: Invalid value of ignore_changes
  }
}

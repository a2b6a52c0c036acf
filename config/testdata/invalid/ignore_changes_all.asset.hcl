image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    ignore_changes = [all] # ERROR: Invalid value of ignore_changes
  }
}

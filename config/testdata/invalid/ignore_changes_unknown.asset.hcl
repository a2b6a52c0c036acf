image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    ignore_changes = [promt] # ERROR: Unknown attribute in ignore_changes
  }
}

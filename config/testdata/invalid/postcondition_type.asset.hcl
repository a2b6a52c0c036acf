image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    postcondition {
      condition     = self.width > "wide" # ERROR: Invalid operand
      error_message = "Too small."
    }
  }
}

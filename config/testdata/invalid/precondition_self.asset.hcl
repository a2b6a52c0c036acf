image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    precondition {
      condition     = self.width > 2 # ERROR: Invalid use of self
      error_message = "Too small."
    }
  }
}

image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    postcondition {
      condition     = self.widht > 2 # ERROR: Unknown attribute of self
      error_message = "Too small."
    }
  }
}

variant "logo" {
  source = "art/logo.png"
  output = "web/logo.webp"

  lifecycle {
    postcondition {
      condition     = self.bytes < 100000
      error_message = "The logo must load at once."
    }
  }
}

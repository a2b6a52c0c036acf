image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    precondition {
      condition     = 1 > 2 # ERROR: Precondition failed
      error_message = "One must be larger."
    }
  }
}

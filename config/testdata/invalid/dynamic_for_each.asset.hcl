image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    dynamic "precondition" {
      for_each = local.nothing # ERROR: Reference to undeclared local value
      content {
        condition     = true
        error_message = "x"
      }
    }
  }
}

image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    create_before_destroy = true # ERROR: Unsupported argument
  }
}

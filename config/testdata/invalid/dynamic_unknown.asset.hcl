image "a" {
  prompt = "x"
  output = "a.png"
  dynamic "lifecycl" { # ERROR: Unsupported block type
    for_each = [1]
    content {}
  }
}

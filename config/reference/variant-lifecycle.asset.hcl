variant "logo" {
  source = "art/logo.png"
  output = "web/logo.webp"

  lifecycle {
    prevent_destroy = true
  }
}

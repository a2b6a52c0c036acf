variable "width" {
  type    = number
  default = 320
}

variant "logo" {
  source = "art/logo.png"
  width  = var.width
  output = "web/logo.webp"

  lifecycle {
    precondition {
      condition     = var.width % 2 == 0
      error_message = "The page wants an even width."
    }
  }
}

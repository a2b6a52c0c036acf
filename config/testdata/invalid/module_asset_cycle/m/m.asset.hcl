variable "base" {}
image "b" { # ERROR: Cycle of references
  subject = var.base
  output  = "b.png"
}

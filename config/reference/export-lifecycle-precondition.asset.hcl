variable "package" {
  default = "assets"
}

image "hero" {
  prompt = "A hero at the gate of a burning town"
  output = "art/hero.png"
}

export "assets" {
  assets  = [image.hero]
  format  = "go"
  package = var.package
  output  = "assets/assets.go"

  lifecycle {
    precondition {
      condition     = var.package == lower(var.package)
      error_message = "Names of packages are in lower case."
    }
  }
}

variable "season" {
  type    = string
  default = "winter"
}

image "hero" {
  prompt = "A harbour in ${var.season}"
  output = "art/hero.png"

  lifecycle {
    precondition {
      condition     = contains(["summer", "winter"], var.season)
      error_message = "There are pictures of summer and winter only."
    }
  }
}

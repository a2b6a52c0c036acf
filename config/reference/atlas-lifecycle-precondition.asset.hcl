variable "padding" {
  type    = number
  default = 2
}

atlas "units" {
  sprites = ["art/logo.png", "refs/dragon.png"]
  padding = var.padding
  output  = "game/units.png"

  lifecycle {
    precondition {
      condition     = var.padding > 0
      error_message = "Frames that touch bleed into each other."
    }
  }
}

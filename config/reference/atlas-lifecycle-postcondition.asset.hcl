atlas "units" {
  sprites = ["art/logo.png", "refs/dragon.png"]
  output  = "game/units.png"

  lifecycle {
    postcondition {
      condition     = self.width <= 1024
      error_message = "Old phones take no larger texture."
    }
  }
}

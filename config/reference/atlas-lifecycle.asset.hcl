atlas "units" {
  sprites = ["art/logo.png", "refs/dragon.png"]
  output  = "game/units.png"

  lifecycle {
    prevent_destroy = true
  }
}

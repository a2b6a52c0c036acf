image "hero" {
  prompt       = "A harbour at dawn"
  aspect_ratio = "landscape"
  output       = "art/hero.png"

  # A result that fails stays in the store, and the old output in its place.
  lifecycle {
    postcondition {
      condition     = self.width >= 1280 && self.bytes < 4000000
      error_message = "The hero must be 1280 pixels wide and below 4 MB."
    }
  }
}

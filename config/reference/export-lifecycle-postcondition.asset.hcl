image "hero" {
  prompt = "A hero at the gate of a burning town"
  output = "art/hero.png"
}

export "assets" {
  assets = [image.hero]
  format = "css"
  output = "assets.css"

  lifecycle {
    postcondition {
      condition     = self.bytes < 100000
      error_message = "A page loads it before anything is seen."
    }
  }
}

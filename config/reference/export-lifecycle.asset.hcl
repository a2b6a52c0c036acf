image "hero" {
  prompt = "A hero at the gate of a burning town"
  output = "art/hero.png"
}

export "assets" {
  assets = [image.hero]
  format = "json"
  output = "assets.json"

  lifecycle {
    prevent_destroy = true
  }
}

image "hero" {
  prompt = "A hero at the gate of a burning town"
  output = "art/hero.png"
}

variant "card" {
  for_each = toset(["320", "640", "1280"])

  source = image.hero
  width  = tonumber(each.key)
  output = "web/hero-${each.key}.webp"
  alt    = "A hero at the gate"
}

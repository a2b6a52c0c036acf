# The service. Its key comes from the environment, IMAGINATOR_API_KEY.
provider "imaginator" {
  max_concurrent = 3
}

# The engine in this process, for what need not be paid for.
provider "local" {
  caption = false
}

image "hero" {
  prompt   = "A harbour at dawn"
  provider = imaginator
  output   = "art/hero.png"
}

image "backdrop" {
  prompt   = "Grey mountains far away"
  provider = local
  output   = "art/backdrop.png"
}

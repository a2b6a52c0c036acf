defaults "image" {
  model        = "nano_banana"
  aspect_ratio = "square"
}

image "sword" {
  prompt = "Game icon of a rusty sword"
  output = "art/sword.png"
}

image "hall" {
  prompt       = "A throne hall by torchlight"
  aspect_ratio = "landscape" # goes before the default
  output       = "art/hall.png"
}

image "knight" {
  prompt       = "A knight in worn plate armour"
  model        = "nano_banana_pro"
  aspect_ratio = "portrait"
  seed         = 7
  output       = "art/knight.png"
}

# One asset for each element of a map.
image "icon" {
  for_each = { sword = "a rusty sword", shield = "an oak shield" }
  prompt   = "Game icon of ${each.value}"
  output   = "art/icons/${each.key}.png"
}

# Another asset and a file of the project as references.
image "duel" {
  prompt     = "The knight duels a dragon on a bridge"
  references = [image.knight, "refs/dragon.png"]
  output     = "art/duel.png"
}

# Composed of pictures.
image "poster" {
  subject = image.knight
  scene   = "refs/castle.png"
  output  = "art/poster.png"
}

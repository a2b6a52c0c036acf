# What the game ships, made of the pictures on this machine: it costs nothing,
# and a change here generates nothing.

# Each icon without its ground, as large as 128 pixels let it be.
variant "icon" {
  for_each = image.icon
  source   = each.value
  trim     = true
  width    = 128
  height   = 128
  fit      = "contain"
  padding  = 4
  output   = "art/cut/${each.key}.png"

  cutout {}
}

# All of them on one sheet, and where each stands on it, as Phaser reads it.
atlas "icons" {
  sprites = variant.icon
  trim    = true
  extrude = 1 # so that no neighbour shows where the sheet is scaled
  output  = "page/assets/icons.png"
}

export "icons" {
  assets = [atlas.icons]
  format = "texturepacker-hash"
  output = "page/assets/icons.json"
}

# The pictures of the page, and the list from which it shows them.
variant "page" {
  for_each = {
    knight = { of = image.knight, alt = "The knight of the bridge" }
    duel   = { of = image.duel, alt = "The duel on the bridge" }
    poster = { of = image.poster, alt = "The poster" }
  }
  source = each.value.of
  width  = 1280 # at most: nothing is enlarged
  alt    = each.value.alt
  output = "page/assets/${each.key}.webp"
}

variant "favicon" {
  source = variant.icon["sword"]
  output = "page/assets/favicon.ico"
}

export "page" {
  assets = [variant.page, video.idle]
  format = "json"
  base   = "page"
  output = "page/assets/assets.json"
}

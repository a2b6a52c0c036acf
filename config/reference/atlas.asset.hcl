image "icon" {
  for_each = toset(["sword", "shield"])

  prompt = "A ${each.key}, one object alone on a flat green ground"
  output = "art/${each.key}.png"
}

atlas "units" {
  sprites      = merge(image.icon, { logo = "art/logo.png" })
  trim         = true
  power_of_two = true
  output       = "game/units.png"
}

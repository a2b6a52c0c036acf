image "icon" {
  for_each = toset(["sword", "shield"])

  prompt = "A ${each.key}, one object alone on a flat green ground"
  output = "art/${each.key}.png"
}

variant "icon" {
  for_each = image.icon

  source  = each.value
  trim    = true
  width   = 128
  height  = 128
  fit     = "contain"
  padding = 4
  output  = "game/icons/${each.key}.png"

  cutout {
    key       = "auto"
    tolerance = 0.08
  }
}

image "icon" {
  for_each = toset(["sword", "shield"])

  prompt = "A ${each.key}, one object alone on a flat green ground"
  output = "public/art/${each.key}.png"
  alt    = "A ${each.key}"
}

export "assets" {
  assets = [image.icon]
  format = "typescript"
  base   = "public"
  output = "src/assets.gen.ts"
}

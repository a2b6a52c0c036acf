image "a" {
  for_each = { x = 1, y = 2 }
  prompt   = image.a["x"].path # ERROR: Reference to itself
  output   = "${each.key}.png"
}

image "a" {
  for_each = toset(["x"])
  count    = 2 # ERROR: Both count and for_each
  prompt   = "x"
  output   = "${each.key}.png"
}

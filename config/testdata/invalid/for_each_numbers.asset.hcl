image "a" {
  for_each = toset([1, 2]) # ERROR: Invalid value of for_each
  prompt   = "x"
  output   = "${each.key}.png"
}

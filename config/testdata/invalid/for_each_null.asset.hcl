image "a" {
  for_each = null # ERROR: Invalid value of for_each
  prompt   = "x"
  output   = "${each.key}.png"
}

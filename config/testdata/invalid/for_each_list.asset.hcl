image "a" {
  for_each = ["x", "y"] # ERROR: Invalid value of for_each
  prompt   = "x"
  output   = "${each.key}.png"
}

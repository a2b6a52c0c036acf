image "a" {
  prompt = each.key # ERROR: Invalid use of each
  output = "a.png"
}

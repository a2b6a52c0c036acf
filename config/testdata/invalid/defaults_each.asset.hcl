defaults "image" {
  prompt = each.key # ERROR: Invalid use of each
}

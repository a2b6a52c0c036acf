image "a" {
  for_each = sensitive(toset(["a"])) # ERROR: Sensitive value in for_each
  prompt   = "x"
  output   = "${each.key}.png"
}

image "a" {
  for_each = toset(["x"])
  prompt   = each.val # ERROR: Unknown attribute of each
  output   = "a.png"
}

image "a" {
  for_each = toset(["x", "y"])
  prompt   = "x"
  output   = "${each.key}.png"
}
image "b" {
  subject = image.a # ERROR: Invalid value of subject
  output  = "b.png"
}

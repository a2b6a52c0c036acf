image "a" {
  prompt = "x"
  output = "a.png"
}
image "b" {
  prompt = "x"
  output = "b.png"
}
moved {
  from = image.a # ERROR: Moved asset still declared
  to   = image.b
}

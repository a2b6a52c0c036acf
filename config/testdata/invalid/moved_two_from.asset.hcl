image "b" {
  prompt = "x"
  output = "b.png"
}
image "c" {
  prompt = "x"
  output = "c.png"
}
moved {
  from = image.a
  to   = image.b
}
moved { # ERROR: Two moves from one address
  from = image.a
  to   = image.c
}

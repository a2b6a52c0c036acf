image "c" {
  prompt = "x"
  output = "c.png"
}
moved {
  from = image.a
  to   = image.c
}
moved { # ERROR: Two moves to one address
  from = image.b
  to   = image.c
}

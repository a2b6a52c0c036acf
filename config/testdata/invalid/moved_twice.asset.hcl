image "c" {
  prompt = "x"
  output = "c.png"
}
moved {
  from = image.a
  to   = image.c
}
moved { # ERROR: Duplicate moved block
  from = image.a
  to   = image.c
}

moved { # ERROR: Move to the same address
  from = image.a
  to   = image.a
}

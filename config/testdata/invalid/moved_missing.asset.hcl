moved { # ERROR: Missing required argument
  from = image.a
}

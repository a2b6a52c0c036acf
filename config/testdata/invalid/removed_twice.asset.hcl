removed {
  from = image.a
}
removed { # ERROR: Duplicate removed block
  from = image.a
}

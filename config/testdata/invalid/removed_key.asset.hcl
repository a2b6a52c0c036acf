removed {
  from = image.a["x"] # ERROR: Instance key in removed
}

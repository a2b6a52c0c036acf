moved {
  from = image.a
  to   = image.b # ERROR: Move to undeclared asset
}

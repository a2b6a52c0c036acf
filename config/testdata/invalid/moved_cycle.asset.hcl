moved { # ERROR: Cycle of moves
  from = image.a
  to   = image.b
}
moved {
  from = image.b
  to   = image.a
}

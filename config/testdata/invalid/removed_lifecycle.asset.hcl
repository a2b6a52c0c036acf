removed {
  from = image.a
  lifecycle {
    destroy = maybe # ERROR: Constant value required
  }
}

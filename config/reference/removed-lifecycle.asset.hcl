# The block image "logo" is gone, but the file is kept, as an ordinary one.
removed {
  from = image.logo

  lifecycle {
    destroy = false
  }
}

assetform {
  # A plan above it is refused before anything is sent.
  budget {
    image_credits = 200
    videos        = 10
  }
}

assetform {
  budget {
    image_credits = -1 # ERROR: Invalid value of image_credits
  }
}

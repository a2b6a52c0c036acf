assetform {
  prices {
    image_credit = 0.04 # ERROR: Invalid value of image_credit
    currency     = "USD"
  }
}

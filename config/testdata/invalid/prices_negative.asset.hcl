assetform {
  prices {
    image_credit = "-0.04" # ERROR: Invalid value of image_credit
    video        = "1e3" # ERROR: Invalid value of video
    currency     = "USD"
  }
}

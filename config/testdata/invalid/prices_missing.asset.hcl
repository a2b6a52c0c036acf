assetform {
  prices { # ERROR: Missing required argument
    image_credit = "0.04"
  }
}

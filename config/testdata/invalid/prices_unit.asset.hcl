assetform {
  prices {
    image_credits = "0.04" # ERROR: Unsupported argument
    currency      = "USD"
  }
}

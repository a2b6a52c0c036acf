assetform {
  prices {
    image_credit = "0.04"
    currency     = "usd" # ERROR: Invalid value of currency
  }
}

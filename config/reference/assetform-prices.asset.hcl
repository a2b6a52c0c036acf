assetform {
  # A plan shows what it costs in this currency as well.
  prices {
    image_credit = "0.04"
    video        = "0.40"
    currency     = "USD"
  }
}

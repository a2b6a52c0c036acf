assetform {
  prices { currency = "USD" } # ERROR: Prices outside root module
}

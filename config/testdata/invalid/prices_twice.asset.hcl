assetform {
  prices { currency = "USD" }
  prices { currency = "EUR" } # ERROR: Duplicate prices block
}

variable "price" {
  default   = "0.04"
  sensitive = true
}
assetform {
  prices {
    video    = var.price # ERROR: Sensitive value of video
    currency = "USD"
  }
}

variable "bucket" {
  default   = "studio"
  sensitive = true
}
assetform {
  remote {
    url = "s3://${var.bucket}/art" # ERROR: Sensitive value of url
  }
}

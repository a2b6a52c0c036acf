assetform {
  required_version = ">= 0.1.0"
}

assetform {
  required_version = ">= 99.0" # ERROR: Unsupported version of assetform
}

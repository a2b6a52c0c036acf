image "a" {
  prompt = "x"
  output = null # ERROR: Missing output of asset
}

image "a" {
  prompt = "x"
  output = ".assetform/a.png" # ERROR: Invalid path of output
}

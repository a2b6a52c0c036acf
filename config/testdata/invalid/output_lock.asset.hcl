image "a" {
  prompt = "x"
  output = "Assetform.lock.json/a.png" # ERROR: Invalid path of output
}
